package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Programs;
import io.godwit.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that serves the page, and what the page says in a browser when there is no connection. */
@DisplayName("godwit web")
class WebTest {
    private static final Pattern LINK = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/\\?token=\\S+");
    private static final int LONG_ENOUGH_MILLIS = 15_000;

    @TempDir
    Path folder;

    private static Command web(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "web";
        all[1] = "--no-browser";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Command.godwit(all);
    }

    private static String link(Command web) {
        web.awaitOutput("token=");
        Matcher link = LINK.matcher(web.output());
        assertThat(link.find()).as(web.output()).isTrue();
        return link.group();
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What the page shows once its scripts have run. */
    private String shown(String link) {
        Path chromium = Programs.require("chromium");
        return Command.of(
                        chromium.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-background-networking",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--virtual-time-budget=" + LONG_ENOUGH_MILLIS,
                        "--dump-dom",
                        link)
                .ends(0)
                .output();
    }

    @Test
    void its_address_opens_the_page_once() throws Exception {
        try (TestBroker broker = TestBroker.start();
                Command web = web(broker.uri())) {
            String link = link(web);

            assertThat(get(link).body()).contains("<title>");
            assertThat(get(link).statusCode()).isEqualTo(401);

            web.terminate();
            web.exitCode();
        }
    }

    @Test
    void a_failed_connection_is_explained_on_the_page_as_by_the_doctor() {
        int port = Programs.freePort();
        try (Command web = web("mqtt://127.0.0.1:" + port);
                Command doctor = Command.godwit("doctor", "mqtt://127.0.0.1:" + port)) {
            String page = shown(link(web));

            String advice =
                    "on the broker's machine, see what listens, and on which address: ss -ltn 'sport = :" + port + "'";
            assertThat(page).contains("127.0.0.1:" + port, "refused", advice);
            doctor.exitCode();
            assertThat(doctor.output()).contains(advice);
        }
    }
}
