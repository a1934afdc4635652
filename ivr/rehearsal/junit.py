"""JUnit: a suite's results as the XML that build servers read."""

import re
from xml.etree import ElementTree as Xml

from ivr.rehearsal.suite import Result, Suite, by_file

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def junit_xml(suite: Suite) -> str:
    """One <testsuite> a file, one <testcase> a conversation, times in seconds."""
    root = Xml.Element(
        "testsuites",
        tests=str(len(suite.results)),
        failures=str(len(suite.failed)),
        time=f"{suite.seconds:.3f}",
    )
    for file, results in by_file(suite.results):
        failed = sum(not result.passed for result in results)
        group = Xml.SubElement(
            root,
            "testsuite",
            name=str(file),
            tests=str(len(results)),
            failures=str(failed),
            errors="0",
            time=f"{sum(result.seconds for result in results):.3f}",
        )
        for result in results:
            _case(group, result)
    Xml.indent(root)
    return HEAD + Xml.tostring(root, encoding="unicode") + "\n"


def _case(group: Xml.Element, result: Result) -> None:
    place = result.performance.conversation.place
    case = Xml.SubElement(
        group,
        "testcase",
        name=_clean(result.name),
        classname=str(result.file.with_suffix("")).replace("/", "."),
        file=str(result.file),
        line=str(place.line),
        time=f"{result.seconds:.3f}",
    )
    if not result.passed:
        messages = [_clean(str(failure)) for failure in result.failures]
        failure = Xml.SubElement(case, "failure", message=messages[0], type="expectation")
        failure.text = "\n".join(messages)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
