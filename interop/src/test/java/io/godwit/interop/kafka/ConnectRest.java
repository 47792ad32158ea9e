package io.godwit.interop.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The REST interface of a group of workers, asked through whichever of them answers. */
final class ConnectRest {
    private static final Pattern FAILED = Pattern.compile("\"state\":\"FAILED\"");
    private static final Pattern RUNNING_TASK = Pattern.compile("\"id\":\\d+,\"state\":\"RUNNING\"");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Supplier<List<String>> workers;

    /** @param workers gives the addresses of the workers that may answer, such as {@code http://127.0.0.1:8083} */
    ConnectRest(Supplier<List<String>> workers) {
        this.workers = workers;
    }

    /** Creates the connector, or changes it. */
    void put(String name, Map<String, String> settings) throws IOException, InterruptedException {
        String json = settings.entrySet().stream()
                .map(each -> quoted(each.getKey()) + ":" + quoted(each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        IOException last = new IOException("no worker");
        for (int attempt = 0; attempt < 60; attempt++) {
            try {
                HttpResponse<String> response = send("PUT", "/connectors/" + name + "/config", json);
                if (response.statusCode() < 300) {
                    return;
                }
                last = new IOException(response.statusCode() + " " + response.body());
                if (response.statusCode() == 400) {
                    throw last;
                }
            } catch (IOException e) {
                if (e == last) {
                    throw e;
                }
                last = e;
            }
            Thread.sleep(500); // a worker that joins the group answers 409 or nothing at all
        }
        throw last;
    }

    /** How many tasks run. 0 if nobody answers. */
    int runningTasks(String name) throws InterruptedException {
        return count(RUNNING_TASK, name);
    }

    /** How many tasks, or the connector itself, have failed. */
    int failed(String name) throws InterruptedException {
        return count(FAILED, name);
    }

    private int count(Pattern pattern, String name) throws InterruptedException {
        return (int) pattern.matcher(status(name)).results().count();
    }

    String status(String name) throws InterruptedException {
        try {
            return send("GET", "/connectors/" + name + "/status", "").body();
        } catch (IOException e) {
            return "";
        }
    }

    void restartFailed(String name) throws InterruptedException {
        try {
            send("POST", "/connectors/" + name + "/restart?includeTasks=true&onlyFailed=true", "");
        } catch (IOException e) {
            // the next look finds them still failed
        }
    }

    /** Stops and deletes a connector, and ends its sessions at the MQTT broker. */
    void remove(String name) throws IOException, InterruptedException {
        send("PUT", "/connectors/" + name + "/stop", "");
        for (int attempt = 0; attempt < 60; attempt++) {
            if (send("DELETE", "/connectors/" + name + "/offsets", "").statusCode() == 200) {
                break;
            }
            Thread.sleep(200); // its tasks are still stopping
        }
        send("DELETE", "/connectors/" + name, "");
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        IOException last = new IOException("no worker");
        for (String worker : workers.get()) {
            try {
                return http.send(
                        HttpRequest.newBuilder(URI.create(worker + path))
                                .timeout(Duration.ofSeconds(30))
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
