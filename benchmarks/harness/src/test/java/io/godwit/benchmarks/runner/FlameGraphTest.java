package io.godwit.benchmarks.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class FlameGraphTest {

    private static final Pattern FRAME = Pattern.compile(
            "<g><title>(.*?)</title><rect class=\"(\\w+)\" x=\"([\\d.]+)\" y=\"(\\d+)\" width=\"([\\d.]+)\"");

    /** A frame as it is drawn. */
    private record Drawn(String title, String kind, double x, int y, double width) {}

    private static String svg(String... collapsed) {
        return new FlameGraph(List.of(collapsed).stream()).svg("a < b");
    }

    private static List<Drawn> draw(String... collapsed) {
        List<Drawn> frames = new ArrayList<>();
        FRAME.matcher(svg(collapsed)).results().map(FlameGraphTest::drawn).forEach(frames::add);
        return frames;
    }

    private static Drawn drawn(MatchResult frame) {
        return new Drawn(
                frame.group(1),
                frame.group(2),
                Double.parseDouble(frame.group(3)),
                Integer.parseInt(frame.group(4)),
                Double.parseDouble(frame.group(5)));
    }

    private static List<String> titles(List<Drawn> frames) {
        return frames.stream().map(Drawn::title).toList();
    }

    @Test
    void the_lowest_row_is_what_threads_are_there_for_and_adds_up_to_the_whole() {
        List<Drawn> frames = draw(
                "[godwit-io-1-1 tid=1];io/netty/A.run 40",
                "[godwit-io-1-2 tid=2];io/netty/A.run 10",
                "[publisher tid=3];io/godwit/mqtt/B.publish 30",
                "[godwit-handler-0 tid=4];io/godwit/mqtt/C.run 15",
                "[GC Thread#0 tid=5];G1::collect 5");

        List<Drawn> lowest =
                frames.stream().filter(frame -> frame.kind.equals("thread")).toList();
        assertThat(titles(lowest))
                .containsExactly(
                        "event loop, 50.0 %", "publishing thread, 30.0 %", "handler's thread, 15.0 %", "rest, 5.0 %");
        assertThat(lowest.stream().mapToDouble(Drawn::width).sum()).isEqualTo(980);
        double x = 10;
        for (Drawn each : lowest) {
            assertThat(each.x).isEqualTo(x);
            x += each.width;
        }
    }

    @Test
    void callees_stand_on_their_caller_the_widest_first_and_are_no_wider_together() {
        List<Drawn> frames = draw(
                "[publisher tid=3];io/godwit/mqtt/A.a;io/godwit/mqtt/B.narrow 20",
                "[publisher tid=3];io/godwit/mqtt/A.a;io/godwit/mqtt/C.wide 70",
                "[publisher tid=3];io/godwit/mqtt/A.a 10");

        assertThat(titles(frames))
                .containsExactly(
                        "publishing thread, 100.0 %",
                        "io.godwit.mqtt.A.a: 100.0 %",
                        "io.godwit.mqtt.C.wide: 70.0 %",
                        "io.godwit.mqtt.B.narrow: 20.0 %");
        Drawn caller = frames.get(1);
        Drawn wide = frames.get(2);
        Drawn narrow = frames.get(3);
        assertThat(wide.x).isEqualTo(caller.x);
        assertThat(narrow.x).isEqualTo(wide.x + wide.width);
        assertThat(wide.y).isEqualTo(narrow.y).isLessThan(caller.y);
        assertThat(wide.width + narrow.width).isEqualTo(0.9 * caller.width);
    }

    @Test
    void the_compiler_and_the_start_are_left_out_and_are_no_part_of_a_share() {
        String[] stacks = {
            "[C2 CompilerThre tid=1];Compile::Compile 50",
            "[main tid=2];io/godwit/benchmarks/worker/Worker.main 30",
            "[tid=3];JLI_Launch 10",
            "[publisher tid=4];io/godwit/mqtt/A.a 10"
        };

        assertThat(titles(draw(stacks))).containsExactly("publishing thread, 100.0 %", "io.godwit.mqtt.A.a: 100.0 %");
        assertThat(svg(stacks)).contains("10 samples; not among them the compiler (50 % of all) and the start (40 %)");
    }

    @Test
    void a_frame_that_is_too_narrow_is_not_drawn_nor_what_stands_on_it_but_counts() {
        List<Drawn> frames = draw(
                "[publisher tid=1];io/godwit/mqtt/A.a 9940",
                "[publisher tid=1];io/godwit/mqtt/Seen.a 30",
                "[publisher tid=1];io/godwit/mqtt/Narrow.a;io/godwit/mqtt/Above.a 29",
                "[publisher tid=1];io/godwit/mqtt/Less.a 1");

        assertThat(titles(frames))
                .containsExactly(
                        "publishing thread, 100.0 %", "io.godwit.mqtt.A.a: 99.4 %", "io.godwit.mqtt.Seen.a: 0.3 %");
    }

    @Test
    void frames_are_colored_by_whose_code_they_are() {
        List<Drawn> frames = draw("[publisher tid=1];java/lang/Thread.run;io/godwit/benchmarks/worker/Measured.start;"
                + "io/godwit/benchmarks/godwit/GodwitLink.publish;io/godwit/mqtt/client/MqttClient.publish;"
                + "io/netty/channel/epoll/Native.write;java/util/A.b;__GI_write;"
                + "entry_SYSCALL_64_after_hwframe_[k];vfs_write_[k] 7");

        assertThat(frames.stream().map(Drawn::kind))
                .as("without the way from the thread's start to its work, and into the kernel")
                .containsExactly("thread", "application", "client", "netty", "jvm", "jvm", "kernel");
        assertThat(frames.get(6).title).isEqualTo("vfs_write: 100.0 %");
    }

    @Test
    void the_kernel_is_cut_after_ten_rows_and_keeps_its_samples() {
        String kernel = IntStream.range(0, 30).mapToObj(i -> "f" + i + "_[k]").collect(Collectors.joining(";"));

        List<Drawn> frames = draw("[publisher tid=1];io/godwit/mqtt/A.a;" + kernel + " 5");

        assertThat(titles(frames)).hasSize(12).endsWith("f9: 100.0 %");
    }

    @Test
    void names_with_angle_brackets_make_no_markup() throws Exception {
        String svg = svg("[publisher tid=1];io/godwit/mqtt/A.<init>;std::vector<int&>::push 5");

        assertThat(svg).contains("<title>io.godwit.mqtt.A.&lt;init&gt;: 100.0 %</title>", "int&amp;", ">a &lt; b<");
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_file_without_samples_or_without_threads_is_refused() {
        assertThatThrownBy(() -> svg("[main tid=2];a 30")).hasMessageContaining("no sample of a thread at work");
        assertThatThrownBy(() -> svg("java/lang/Thread.run;a 30")).hasMessageContaining("begins with its thread");
    }
}
