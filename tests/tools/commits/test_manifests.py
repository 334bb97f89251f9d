"""Manifests and lock files of eight ecosystems, each read for what it asks for."""

import pytest

from tools.commits.manifests import packages_in


@pytest.mark.parametrize(
    ("path", "text", "name", "version"),
    [
        ("package.json", '{"dependencies": {"left": "^1.2.0"}}', "left", "^1.2.0"),
        ("web/package-lock.json", '{"packages": {"": {}, "node_modules/@a/left": {"version": "1.2.3"}}}', "@a/left", "1.2.3"),
        ("yarn.lock", '"@a/left@^7.0.0":\n  version "7.34.0"\n  resolved "https://x"\n', "@a/left", "7.34.0"),
        ("pnpm-lock.yaml", "packages:\n  /@a/left@7.34.0:\n    resolution: {}\n", "@a/left", "7.34.0"),
        ("composer.json", '{"require": {"php": ">=8.1", "a/left": "^2"}}', "a/left", "^2"),
        ("composer.json", '{"require": {"php": ">=8.1"}}', "runtime php", ">=8.1"),
        ("composer.lock", '{"packages": [{"name": "a/left", "version": "v2.1.0"}]}', "a/left", "v2.1.0"),
        ("requirements.txt", "Left[extra]==1.2  # why\n-r other.txt\n", "left", "==1.2"),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["left>=1.2"]\nrequires-python = ">=3.11"\n', "left", ">=1.2"),
        ("poetry.lock", '[[package]]\nname = "left"\nversion = "1.2.3"\n', "left", "1.2.3"),
        ("go.mod", "module x\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/left v1.2.3 // indirect\n)\n", "github.com/a/left", "v1.2.3"),
        ("go.mod", "module x\n\ngo 1.22\n", "runtime go", "1.22"),
        ("pom.xml", "<dependency><groupId>g</groupId><artifactId>left</artifactId><version>1.2</version></dependency>", "left", "1.2"),
        ("pom.xml", "<properties><left.version>2.9.0.pr1</left.version></properties>", "left", "2.9.0.pr1"),
        ("build.gradle.kts", 'implementation("org.a:left:1.2.3")', "org.a:left", "1.2.3"),
        ("gradle/libs.versions.toml", '[versions]\nleft = "1.2.3"\n', "left", "1.2.3"),
        ("Gemfile.lock", "GEM\n  specs:\n    left (1.2.3)\n      right (>= 1)\n", "left", "1.2.3"),
        ("Shop.csproj", '<ItemGroup><PackageReference Include="Left.Json" Version="1.2.3" /></ItemGroup>', "Left.Json", "1.2.3"),
        ("packages.config", '<package id="Left.Json" version="1.2.3" targetFramework="net48" />', "Left.Json", "1.2.3"),
        ("Shop.csproj", "<TargetFramework>net8.0</TargetFramework>", "runtime TargetFramework", "net8.0"),
        ("versions.properties", "# pinned\nversion.left=1.2.3\nright=7\n", "left", "1.2.3"),
        ("Cargo.lock", '[[package]]\nname = "left"\nversion = "1.2.3"\n', "left", "1.2.3"),
        ("deploy/Dockerfile", "FROM python:3.13-slim AS base\n", "runtime python", "3.13-slim"),
        (".python-version", "3.13.1\n", "runtime ", "3.13.1"),
    ],
)  # fmt: skip
def test_what_a_manifest_asks_for(path: str, text: str, name: str, version: str) -> None:
    assert packages_in(path, text).get(name) == version


@pytest.mark.parametrize("text", ["{", "[1]", '{"dependencies": 3}', "\0\0", "[" * 5_000])
@pytest.mark.parametrize(
    "path", ["package.json", "composer.lock", "poetry.lock", "pyproject.toml", "yarn.lock", "go.mod"]
)
def test_a_broken_or_hostile_manifest_asks_for_nothing(path: str, text: str) -> None:
    assert packages_in(path, text) == {}
