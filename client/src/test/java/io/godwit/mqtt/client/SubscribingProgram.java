package io.godwit.mqtt.client;

/** A program that subscribes and returns from {@code main}. Arguments: the broker's address, and whether it is a daemon. */
final class SubscribingProgram {
    private SubscribingProgram() {}

    public static void main(String[] arguments) {
        MqttClient client = MqttClient.builder()
                .server(arguments[0])
                .clientId("program")
                .daemon(Boolean.parseBoolean(arguments[1]))
                .build();
        client.connect();
        client.subscribe("stop", message -> {
            System.out.println("received " + message.text());
            client.closeAsync();
        });
        Thread main = Thread.currentThread();
        Thread observer = new Thread(() -> reportEnd(main), "observer");
        observer.setDaemon(true);
        observer.start();
        System.out.println("main returns");
    }

    private static void reportEnd(Thread main) {
        try {
            main.join();
            System.out.println("main has ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
