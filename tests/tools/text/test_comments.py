"""What is only a comment, by the language of the file."""

import pytest

from tools.text.comments import comment_behind, is_comment_line, is_directive, is_words_alone

CODE = {
    "a.py": ("total(*args)", "*args,", "// 2", "--total", "x = 1  # why", ""),
    "run.sh": ("#!/bin/sh", "*) exit 1;;"),
    "a.rs": ("#[derive(Debug)]", "#![no_std]", "*total = 3;", "/* 1 */ let x = 1;"),
    "a.c": ("#include <a.h>", "#define N 3", "# pragma once", "*p = 1;", "/* 1 */ x = 2;", "--i;"),
    "a.js": ("* await rates.get(country)", "  * items() {", "#count = 0;", "total *= 2", "-- count"),
    "a.php": (
        " * @ORM\\Column(nullable=true)",
        ' * @Route("/rates")',
        " * @Assert\\NotNull",
        "/** @ORM\\Id */",
        "#[Route('/')]",
        "<?php",
        "$a = 1; // why",
        "// why ?> <p>",
        "# why ?><b>",
    ),
    "a.cs": ("#region shop",),
    "a.java": (
        "            * rates.of(country).value();",
        " * new Rate(country).value()",
        " * rate(country).value() + 1",
        " * rate(country) - 1 - rates.least(country)",
        " * -rate(country)",
    ),
    "a.rb": ("# frozen_string_literal: true", "# encoding: utf-8", "#{rates.of(country)}"),
    "a.go": (
        "//go:build linux",
        "//go:embed a.txt",
        "//go:noinline",
        "//export Total",
        "// #include <a.h>",
        "// #cgo LDFLAGS: -lm",
    ),
    "a.sql": (
        "select 1 -- why",
        "# not here",
        "-1",
        "/*+ index(t) */ a",
        "/*+ index(t) */",
        "/*!40101 set names utf8 */;",
        "--+ hint",
    ),
    "a.css": ("* {", "* + p,", "*::before {"),
    "a.kt": ("* rates.of(country).value()", " * rate(country)", "*/ total()", "**/ total()", "/* a */ /* b */ total()"),
    "a.ts": ("  * rates[country]", "  * (rate(country) + 1)", "  * this.rates.of(country) // as agreed"),
    "user-data.yaml": ("#cloud-config",),
    "b/Dockerfile": ("# syntax=docker/dockerfile:1", "# escape=`"),
    "a.clj": ("(defn f [])",),
    "a.html": (
        "<!-- rate --> <%= @cart.rate %>",
        "<!-- rate --> {{ cart.rate() }}",
        "<!-- {{ cart.rate() }} -->",
        "<!-- <?php rate(); ?> -->",
        "<!-- {% if rate %}",
        "<!--[if IE]><script>rate()</script><![endif]-->",
        '<!--#include file="rate"-->',
        '<!--# include virtual="rate" -->',
        "<!-- ko if: rate -->",
        "<!-- why --> <b>3</b>",
    ),
    "a.xml": ("<!-- why --><bean id='a'/>",),
    "a.svelte": ("<!-- why --> {cart.rate}",),
    "a.vue": ("<!-- why --> <b>{{ cart.rate }}</b>",),
    "a.jsp": ("<!-- why --> <%= cart.rate() %>",),
    "a.yml": ("# {{ .Values.rate }}", "# <%= rate %>"),
    "a.html.erb": ("<!-- why --> <%= @cart.rate %>", "# <%= rate %>"),
    "a.tpl": ("<!-- {$cart->rate} -->",),
    "a.haml": ("#rate= @cart.rate.value",),
    "a.slim": ("#rate = @cart.rate.value",),
    "a.pug": ("#rate= cart.rate.value",),
    "a.vm": ("#set($x = $cart.rate)", "#foreach($i in $cart)"),
    "": (
        "# -*- coding: latin-1 -*-",
        "#include <a.h>",
        "#[derive(Debug)]",
        "#!/bin/sh",
        "*p = 1;",
        "--i;",
        "total()",
        " ",
    ),
}
COMMENTS = {
    "a.py": ("# why", "    #why", "#"),
    "Dockerfile": ("# why",),
    "a.go": ("//go:generate stringer", "// go:build is a word here"),
    "Makefile": ("# why",),
    "a.rs": ("// why", "/// why", "//! why"),
    "a.c": ("// why", "/* why", "/* why */", " * why", " */", " *", "/****/"),
    "A.java": (
        " * The rate; of a country.",
        " * rate",
        " * new rate",
        " * await rate(country) first",
        " * rate(country) - see there",
        " * rate(country) + the rest",
        " * A rate {",
        " * @Nullable",
        " * {@link Rate}",
        " * - total(cart) is it",
        " * e.g. rate(country)",
        " * @return rate(country)",
    ),
    "a.js": (
        "// why",
        "/** why",
        " * @param a",
        "**/",
        "*/",
        "*/ // why",
        "/* a */ /* b */",
        " * Calls total(cart).",
        " * total() of it",
    ),
    "a.css": ("/* why */", " * why", " * of a, b", " */"),
    "a.php": (
        " * @return Rate",
        " * @SuppressWarnings(PHPMD)",
        " * @Annotation",
        "// why ?>",
        "# why",
        "// why",
        " * why",
        "/* why */",
    ),
    "a.sql": ("-- why", "--", "/* why */"),
    "a.lua": ("-- why",),
    "a.clj": (";; why",),
    "a.html": ("<!-- why -->", "<!-- why", "<!-- a --> <!-- b -->", "<!-- a - b -- c -->", "<!---->"),
    "a.haml": ("-# why",),
    "a.slim": ("/ why",),
    "a.pug": ("//- why",),
    "a.vm": ("## why",),
    "a.rb": ("# {{ why }}", "# <%= why %>"),
    "a.vue": ("<!-- why -->", "// why"),
    "": ("# why", "#why", "// why", "/* why", " * why", " */", "-- why", "<!-- why -->", "; why"),
}


@pytest.mark.parametrize(("path", "line"), [(path, line) for path, lines in CODE.items() for line in lines])
def test_code_is_no_comment(path: str, line: str) -> None:
    assert not is_comment_line(line, path)


@pytest.mark.parametrize(("path", "line"), [(path, line) for path, lines in COMMENTS.items() for line in lines])
def test_a_comment_is_known_by_the_language_of_its_file(path: str, line: str) -> None:
    assert is_comment_line(line, path)


@pytest.mark.parametrize(
    ("path", "code"),
    [("a.py", "x = 1"), ("a.pyw", "x = 1"), ("a.js", "x = 1  # why"), ("a", "x = 1  # why"), ("a.rb", "x = 1")],
)
def test_a_comment_behind_code_is_taken_off_where_it_is_certain(path: str, code: str) -> None:
    pattern = comment_behind(path)
    assert (pattern.sub("", "x = 1  # why").strip() if pattern else "x = 1  # why") == code


@pytest.mark.parametrize(
    ("path", "line", "acts"),
    [
        ("a.php", "<?php declare(strict_types=1);", True),
        ("a.js", "'use strict';", True),
        ("a.tsx", '"use client"', True),
        ("a.py", "from __future__ import division", True),
        ("a.py", "# -*- coding: latin-1 -*-", True),
        ("a.rb", "# frozen_string_literal: true", True),
        ("a.go", "//go:build linux", True),
        ("a.go", "//go:embed a.txt", False),  # of one variable
        ("a.ts", "// @ts-nocheck", False),  # of no running program
        ("a.js", "log('use strict')", False),
        ("a.py", "# frozen_string_literal: true", False),
        ("a", "'use strict'", False),
    ],
)
def test_a_directive_changes_how_the_whole_file_runs(path: str, line: str, acts: bool) -> None:
    assert is_directive(line, path) is acts
    assert not (acts and is_comment_line(line, path))


@pytest.mark.parametrize(
    ("path", "line", "alone"),
    [
        ("a.py", "# why", True),
        ("a.js", "  // why", True),
        ("a.js", "  // ${rate.value}", False),  # inside a text of several lines
        ("a.java", "  * rate", False),
        ("a.sql", "-- rate", False),
        ("a.html", "<!-- rate -->", False),
        ("a.unknown", "# rate", False),
        ("a.c", "#include <a.h>", False),
    ],
)
def test_only_words_behind_a_mark_of_the_language_can_never_fail(path: str, line: str, alone: bool) -> None:
    assert is_words_alone(line, path) is alone
