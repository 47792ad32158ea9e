package io.godwit.cli.doctor;

import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import io.godwit.nodemcu.FailureCodes;
import java.util.Locale;

/** Writes a report for people: a line with a mark for each step, as it comes, and at the end what is wrong. */
public final class TextReport {
    private static final String INDENT = " ".repeat(14);

    private final Terminal terminal;

    public TextReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /** One step. */
    public void tell(Finding finding) {
        Status mark = finding.mark();
        String label = String.format(Locale.ROOT, "%-11s", finding.station().label());
        String time =
                finding.time() == null ? "" : terminal.paint(Colour.FAINT, " (" + Clients.time(finding.time()) + ")");
        terminal.line(terminal.paint(mark.colour(), mark.sign()) + " " + label + " " + finding.text() + time);
        finding.details().forEach(line -> terminal.line(terminal.paint(Colour.FAINT, INDENT + line)));
    }

    /** The end: all is well, or where it breaks and what to try. */
    public void sum(Report report) {
        terminal.line("");
        Diagnosis diagnosis = report.diagnosis();
        if (diagnosis == null) {
            long warnings = report.findings().stream()
                    .filter(finding -> finding.mark() == Status.WARNING)
                    .count();
            terminal.line(terminal.paint(Colour.STRONG, report.server().withoutCredentials() + " works")
                    + (warnings == 0 ? "" : ", with " + warnings + (warnings == 1 ? " remark (!)" : " remarks (!)")));
            return;
        }
        terminal.line(terminal.paint(
                        Colour.STRONG, "It breaks at: " + diagnosis.station().label()) + ". " + diagnosis.text());
        if (diagnosis.reason() != null) {
            terminal.line("NodeMCU's reason: " + reason(diagnosis.reason()));
        }
        if (!diagnosis.advice().isEmpty()) {
            terminal.line("To try:");
            diagnosis.advice().forEach(line -> terminal.line("  - " + line));
        }
    }

    /** "-5, mqtt.CONN_FAIL_SERVER_NOT_FOUND". */
    private static String reason(int code) {
        String name = FailureCodes.name(code);
        return name == null ? String.valueOf(code) : code + ", mqtt." + name;
    }
}
