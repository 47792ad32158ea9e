package io.godwit.cli.doctor;

import io.godwit.cli.output.Terminal;
import io.godwit.cli.output.Terminal.Colour;
import java.util.Locale;

/** Prints a report: a line with a status for each step as it ends, and a diagnosis at the end. */
public final class TextReport {
    private static final String INDENT = " ".repeat(14);

    private final Terminal terminal;

    public TextReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /** One step. */
    public void print(Finding finding) {
        Status status = finding.status();
        String label = String.format(Locale.ROOT, "%-11s", finding.step().label());
        String time =
                finding.time() == null ? "" : terminal.paint(Colour.FAINT, " (" + Clients.time(finding.time()) + ")");
        terminal.line(terminal.paint(status.colour(), status.sign()) + " " + label + " " + finding.text() + time);
        finding.details().forEach(line -> terminal.line(terminal.paint(Colour.FAINT, INDENT + line)));
    }

    /** The end: everything works, or which step failed and what to try. */
    public void summarize(Report report) {
        terminal.line("");
        Diagnosis diagnosis = report.diagnosis();
        if (diagnosis == null) {
            long warnings = report.findings().stream()
                    .filter(finding -> finding.status() == Status.WARNING)
                    .count();
            terminal.line(terminal.paint(Colour.STRONG, report.server().withoutCredentials() + " works")
                    + (warnings == 0 ? "" : ", with " + warnings + (warnings == 1 ? " warning (!)" : " warnings (!)")));
            return;
        }
        terminal.line(
                terminal.paint(Colour.STRONG, "Failed at: " + diagnosis.step().label()) + ". " + diagnosis.text());
        if (!diagnosis.advice().isEmpty()) {
            terminal.line("To try:");
            diagnosis.advice().forEach(line -> terminal.line("  - " + line));
        }
    }
}
