"""Tokens recognised by the format that their providers document.

A format begins with fixed letters and its rest is bounded, so that searching is fast and linear.
"""

import re
from typing import Final

from tools.text.lazy_pattern import LazyPattern

_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SHAPES: Final = (
    # The exact string that a text must contain to be searched, and the format.
    ("AKIA", r"AKIA[0-9A-Z]{16}"),  # Amazon
    ("ASIA", r"ASIA[0-9A-Z]{16}"),
    ("ABIA", r"ABIA[0-9A-Z]{16}"),
    ("ACCA", r"ACCA[0-9A-Z]{16}"),
    ("ABSK", r"ABSK[A-Za-z0-9+/]{80,}+={0,2}"),
    ("IQoJb3", r"IQoJb3[A-Za-z0-9+/]{60,}+={0,2}"),
    ("LTAI", r"LTAI[A-Za-z0-9]{12,24}"),  # Alibaba
    ("AKID", r"AKID[A-Za-z0-9]{28,40}"),  # Tencent
    ("Q~", r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,36}"),  # Microsoft Entra
    ("AIza", r"AIza[\w-]{35}"),  # Google
    ("ya29.", r"ya29\.[\w-]{20,}+"),
    ("GOCSPX-", r"GOCSPX-[\w-]{20,60}"),
    ("1//0", r"1//0[\w-]{30,}+"),
    ("AQVN", r"AQVN[\w-]{35,38}"),  # Yandex
    ("ghp_", r"ghp_[A-Za-z0-9]{30,}+"),  # GitHub
    ("gho_", r"gho_[A-Za-z0-9]{30,}+"),
    ("ghu_", r"ghu_[A-Za-z0-9]{30,}+"),
    ("ghs_", r"ghs_[A-Za-z0-9]{30,}+"),
    ("ghr_", r"ghr_[A-Za-z0-9]{30,}+"),
    ("github_pat_", r"github_pat_\w{30,}+"),
    ("glpat-", r"glpat-[\w.-]{20,}+"),  # GitLab
    ("gl", r"gl(?:rt|rtr|dt|ft|ptt|soat|imt|agent|cbt|ffct|wt)-[\w.-]{20,}+|gloas-[\w-]{40,80}"),
    ("GR1348941", r"GR1348941[\w-]{20,50}"),
    ("AT", r"AT[AC]TT3[\w=-]{60,}+|ATBB[A-Za-z0-9]{28,60}"),  # Atlassian
    ("xox", r"xox[abceoprs](?:\.xox[bp])?-[\w-]{10,}+"),  # Slack
    ("xapp-", r"xapp-[\w-]{10,}+"),
    ("xwfp-", r"xwfp-[\w-]{10,}+"),
    ("k_live_", r"[srp]k_live_\w{10,}+"),  # Stripe, Clerk, Paystack
    ("k_test_", r"[srp]k_test_\w{10,}+"),
    ("whsec_", r"whsec_[A-Za-z0-9+/]{16,}+={0,2}"),
    ("sq0", r"sq0[a-z]{3}-[\w-]{22,60}"),  # Square
    ("EAAA", r"EAAA[\w-]{56,64}"),
    ("access_token$", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}"),  # Braintree
    ("FLWSECK", r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?"),  # Flutterwave
    ("sk-", r"sk-[\w-]{20,}+"),  # OpenAI, Anthropic, DeepSeek, OpenRouter
    ("sess-", r"sess-[A-Za-z0-9]{30,60}"),
    ("hf_", r"hf_[A-Za-z0-9]{30,60}"),  # Hugging Face
    ("api_org_", r"api_org_[A-Za-z0-9]{30,60}"),
    ("r8_", r"r8_[A-Za-z0-9]{30,60}"),  # Replicate
    ("gsk_", r"gsk_[A-Za-z0-9]{40,80}"),  # Groq
    ("xai-", r"xai-[A-Za-z0-9]{60,}+"),
    ("pplx-", r"pplx-[A-Za-z0-9]{40,80}"),  # Perplexity
    ("lsv2_", r"lsv2_(?:pt|sk)_[a-z0-9_]{30,80}"),  # LangSmith
    ("nvapi-", r"nvapi-[\w-]{50,}+"),
    ("npm_", r"npm_[A-Za-z0-9]{36}"),
    ("pypi-", r"pypi-[\w-]{50,}+"),
    ("rubygems_", r"rubygems_[a-f0-9]{48}"),
    ("LOJARS_", r"CLOJARS_[a-z0-9]{60}"),
    ("oy2", r"oy2[a-z0-9]{43}"),  # NuGet
    ("dckr_", r"dckr_(?:pat|oat)_[\w-]{20,60}"),  # Docker
    ("AKCp", r"AKCp[A-Za-z0-9]{60,80}"),  # Artifactory
    ("cmVmd", r"cmVmd[A-Za-z0-9]{59}"),
    ("_v1_", r"do[opr]_v1_[a-f0-9]{64}"),  # DigitalOcean
    ("shp", r"shp(?:at|ca|pa|ss|ua|tka)_[a-fA-F0-9]{32}"),  # Shopify
    ("hv", r"hv[sbr]\.[\w-]{20,}+"),  # Vault
    ("s.", r"s\.(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}"),
    (".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}"),  # Terraform
    ("glsa_", r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),  # Grafana
    ("glc_", r"glc_[A-Za-z0-9+/]{32,}+={0,2}"),
    ("eyJrIjoi", r"eyJrIjoi[A-Za-z0-9]{40,}+={0,2}"),
    ("NR", r"NR(?:AK|AA|II|IQ|JS|RA|SP)-[A-Za-z0-9-]{16,60}"),  # New Relic
    ("NRAL", r"[a-f0-9]{36}NRAL"),
    ("AGE-", r"AGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]{1,20})-1[A-Za-z0-9]{50,}+"),
    ("SK", r"SK[0-9a-f]{32}"),  # Twilio
    ("AC", r"AC[0-9a-f]{32}"),
    ("key-", r"(?:pub)?key-[0-9a-f]{32}"),  # Mailgun
    ("-us", r"[0-9a-f]{32}-us\d{1,2}"),  # Mailchimp
    ("SG.", r"SG\.[\w-]{16,64}\.[\w-]{16,64}"),  # SendGrid
    ("xkeysib-", r"xkeysib-[a-f0-9]{40,64}-[A-Za-z0-9]{16}"),  # Brevo
    ("xsmtpsib-", r"xsmtpsib-[a-f0-9]{40,64}-[A-Za-z0-9]{16}"),
    ("PMAK-", r"PMAK-[A-Fa-f0-9]{24}-[A-Fa-f0-9]{34}"),  # Postman
    ("dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),  # Databricks
    ("sntr", r"sntrys_eyJ[A-Za-z0-9+/=_]{40,}+|sntry[ua]_[a-f0-9]{64}"),  # Sentry
    ("lin_", r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,64}"),  # Linear
    ("secret_", r"secret_[A-Za-z0-9]{43}"),  # Notion
    ("ntn_", r"ntn_[A-Za-z0-9]{40,60}"),
    ("dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,44}"),  # Doppler
    ("dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),  # Dynatrace
    ("pul-", r"pul-[a-f0-9]{40}"),  # Pulumi
    ("pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}"),  # PlanetScale
    ("EAA", r"EAA[A-Za-z0-9]{80,}+"),  # Meta
    ("EZ", r"EZ[AT]K[A-Za-z0-9]{54}"),  # EasyPost
    ("shippo_", r"shippo_(?:live|test)_[a-f0-9]{40}"),
    ("duffel_", r"duffel_(?:live|test)_[\w=-]{40,60}"),
    ("ops_eyJ", r"ops_eyJ[A-Za-z0-9+/_-]{100,}+={0,2}"),  # 1Password
    ("A3-", r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}(?:-[A-Z0-9]{5}){4}"),
    ("sha256~", r"sha256~[\w-]{43}"),  # OpenShift
    ("HRKU-", r"HRKU-[\w-]{30,80}"),  # Heroku
    ("fm", r"fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,}+={0,3}"),  # Fly
    ("fo1_", r"fo1_[\w-]{43}"),
    ("nfp_", r"nfp_[A-Za-z0-9]{36,44}"),  # Netlify
    ("vcp_", r"vcp_[A-Za-z0-9]{24,60}"),  # Vercel
    ("sbp_", r"sbp_[a-f0-9]{40}"),  # Supabase
    ("sb_secret_", r"sb_secret_[\w-]{20,60}"),
    ("re_", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),  # Resend
    ("phx_", r"phx_[A-Za-z0-9]{40,60}"),  # PostHog
    ("rdme_", r"rdme_[a-z0-9]{70}"),  # ReadMe
    ("sgp_", r"sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}"),  # Sourcegraph
    ("tfp_", r"tfp_[\w=-]{40,64}"),  # Typeform
    ("figd_", r"figd_[\w-]{35,60}"),  # Figma
    ("pat", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),  # Airtable
    ("sdk-", rf"sdk-{_ID}"),  # LaunchDarkly
    ("api-", rf"api-{_ID}|api-[a-z0-9]{{28}}"),
    ("cli-", r"cli-[a-z0-9]{28}"),
    ("sq", r"sq[uap]_[a-f0-9]{40}"),  # Sonar
    ("_mmk", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),  # MaxMind
    ("p8e-", r"p8e-[a-z0-9]{32}"),  # Adobe
    ("bk", r"bk(?:ua|ct|aj)_[a-z0-9]{40}"),  # Buildkite
    ("CCIPAT_", r"CCIPAT_[A-Za-z0-9_]{20,}+"),  # CircleCI
    ("API-", r"API-[A-Z0-9]{25,30}"),  # Octopus
    ("at.", r"[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"),  # Harness
    ("sl.", r"sl\.[\w-]{120,}+"),  # Dropbox
    ("pnu_", r"pnu_[A-Za-z0-9]{36}"),  # Prefect
    ("ico-", r"ico-[A-Za-z0-9]{32}"),  # Infracost
    ("v1.0-", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),  # Cloudflare
    ("AAAAAAAAAA", r"AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{60,}+"),  # X
    (":AA", r"\d{8,10}:AA[\w-]{32,34}"),  # Telegram
    (".", r"[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,40}"),  # Discord
    ("eyJ", r"eyJ[\w-]++(?:\.[\w-]{8,}+(?:\.[\w-]*+){0,3})?"),  # JWT and JWE; without a dot it is neither
)
_BEGIN: Final = re.compile(r"(?:^|[^A-Za-z0-9_-]|%[0-9A-Fa-f]{2}|\\[nrt]|\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|/bot)\Z")
_PATTERNS: Final = tuple((cue, LazyPattern(f"(?:{shape})(?![A-Za-z0-9])")) for cue, shape in _SHAPES)


def without_known_tokens(text: str) -> str:
    """Return `text` with a placeholder for each known token."""
    for cue, pattern in _PATTERNS:
        if cue in text:
            text = pattern.compiled.sub(_masked, text)
    return text


def _masked(found: re.Match[str]) -> str:
    """Mask a token that starts at the beginning of a word.

    A word may also start after a character that an encoding adds: `%3D`, or an escaped line break.
    """
    at = found.start()
    if found[0].startswith("eyJ") and "." not in found[0] and not found[0].startswith("eyJrIjoi"):
        return found[0]
    return "<redacted:token>" if _BEGIN.search(found.string, max(0, at - 6), at) else found[0]
