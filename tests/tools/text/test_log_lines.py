"""Lines that only write a line of a log."""

import pytest

from tools.text.log_lines import only_logs

LOGS = {
    "a.py": (
        "    print(total)",
        "print('total (in EUR) = 3')",
        "logger.info('last %s', items[0])",
        "print f'{total:.2f}'",
    ),
    "a.rb": ('puts "total: #{total}"', "Rails.logger.info(total)", "puts total;"),
    "a.js": ("console.log(`total ${cart.total}`);", "this.logger.debug({ total });"),
    "A.java": ('LOG.info("total {}", cart.total);', 'System.out.println("total" + total);'),
    "a.go": ('fmt.Println("total", cart.Total)',),
    "a.php": ("$this->logger->info('total', [$cart->total]);", 'error_log("total {$cart->total}");'),
    "a.rs": ('println!("total {}", total);',),
    "a.swift": ('NSLog("total")',),
}
ACTS = {
    "a.py": (
        "logger.info('last %s', items.pop())",
        "print(f'last {items.pop()}')",
        "print(''); items = list(cart)",
        "print(total := 3)",
        "print = 3",
        "print(total) or fail()",
        "print(await total)",
        "printed(total)",
        "print(" + "total, " * 200 + "total)",
    ),
    "a.rb": (
        "puts items.pop",
        'logger.info "last #{items.shift}"',
        "logger.info { items.shift }",
        "puts 'a'; items.pop",
    ),
    "a.js": ("console.log(total = 3)", "console.log(count++)", "console.log('a') || fail()", "console.log(new Cart)"),
    "a.go": ("fmt.Println(<-done)", 'fmt.Println("last", items.Pop())'),
    "a.swift": ('print("last \\(items.removeLast())")',),
    "a.scala": ("println!(rows.next)", "print(rows.next)"),
    "a.php": ("var_dump($rows->next());", 'error_log("total {$cart->total()}");'),
}


@pytest.mark.parametrize(("path", "line"), [(path, line) for path, lines in LOGS.items() for line in lines])
def test_a_line_that_only_writes_values_logs(path: str, line: str) -> None:
    assert only_logs(line, path)


@pytest.mark.parametrize(("path", "line"), [(path, line) for path, lines in ACTS.items() for line in lines])
def test_a_line_that_calls_or_sets_something_does_more(path: str, line: str) -> None:
    assert not only_logs(line, path)
