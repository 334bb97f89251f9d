"""What made a verdict, so that it can be made again and compared."""

from pydantic import Field

from incidents.frozen import Frozen


class Versions(Frozen):
    """The versions behind one verdict. Texts and numbers are named by their content."""

    weights: str = Field(default="", description="Name of the ranker's weights: the beginning of their SHA-256.")
    model: str | None = Field(default=None, description="Name of the language model; None: evidence only.")
    prompts: str | None = Field(default=None, description="Name of the prompts; None: evidence only.")
    calibration: str | None = Field(default=None, description="Name of the model's calibration; None: none was used.")
