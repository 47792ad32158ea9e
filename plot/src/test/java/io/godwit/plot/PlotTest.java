package io.godwit.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** Plots are well-formed SVG, and their values are where the axes put them. */
class PlotTest {
    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static Plot plot() {
        return new Plot(Axis.span("seconds", 10, String::valueOf), Axis.even("<&\">", 4, String::valueOf))
                .line("one", List.of(new Plot.Point(0, 0), new Plot.Point(10, 4)));
    }

    @Test
    void a_plot_is_well_formed_and_its_line_goes_from_corner_to_corner() throws Exception {
        Document svg = parse(plot().svg("id", "a \"title\" & more"));

        assertThat(svg.getElementsByTagName("path")
                        .item(0)
                        .getAttributes()
                        .getNamedItem("d")
                        .getNodeValue())
                .isEqualTo("M66.0 234.0L662.0 20.0");
    }

    @Test
    void a_sheet_holds_all_figures_and_its_own_colours_for_light_and_dark() throws Exception {
        String svg = new Sheet("a <title>", 2)
                .add(plot())
                .add(new Bars("bars", 2).add("a", 1, "1", "one").add("b", 100, "100", "two"))
                .svg();

        Document parsed = parse(svg);
        assertThat(parsed.getElementsByTagName("g").getLength()).isEqualTo(2);
        assertThat(svg)
                .contains("prefers-color-scheme: dark", "a &lt;title&gt;")
                .doesNotContain("NaN");
    }

    @Test
    void a_logarithmic_axis_gives_each_power_of_ten_the_same_room() {
        Axis axis = Axis.logarithmic("latency", 1, 100, String::valueOf);

        assertThat(axis.place(1)).isZero();
        assertThat(axis.place(10)).isEqualTo(0.5);
        assertThat(axis.place(1_000)).isOne();
    }
}
