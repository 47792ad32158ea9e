package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pictures of docs/web.md: {@code -Dpictures.update} takes them again. Otherwise the test only looks whether the same views fit into
 * their windows.
 */
@ExtendWith(BrowserExtension.class)
@Tag("page")
class PicturesTest {
    private static final Path PICTURES = Path.of("../docs/images/web");
    private static final int PACE = 50;
    private static final int ROUNDS = 250;
    private static final boolean UPDATE = System.getProperty("pictures.update") != null;

    private final ScheduledExecutorService plant = Executors.newSingleThreadScheduledExecutor();

    @TempDir
    Path folder;

    private Browser browser;
    private RunningPage page;

    @BeforeEach
    void start(Browser given) throws Exception {
        browser = given;
        page = RunningPage.start(BrokerKind.MOSQUITTO, folder, browser);
        AtomicInteger next = new AtomicInteger();
        plant.scheduleAtFixedRate(
                () -> PlantTopics.publish(page, next.getAndIncrement()), 0, PACE, TimeUnit.MILLISECONDS);
        await().atMost(Duration.ofMinutes(1)).until(() -> next.get() > (UPDATE ? ROUNDS : 10));
    }

    @AfterEach
    void stop() throws Exception {
        plant.shutdownNow();
        plant.awaitTermination(10, TimeUnit.SECONDS);
        page.close();
    }

    @ParameterizedTest
    @CsvSource({
        "light, 1440, 900",
        "light, 820, 1000",
        "light, 390, 844",
        "dark, 1440, 900",
        "dark, 820, 1000",
        "dark, 390, 844"
    })
    void each_view_fits_into_its_window(String colours, int width, int height) throws IOException {
        browser.colours(colours);
        browser.size(width, height);
        boolean narrow = width < 720;
        browser.topic("plant/line-1/oven");
        browser.awaitText(".crumbs", "oven");
        if (narrow) {
            browser.click("Back to the tree");
            picture("tree", colours, width);
        }

        browser.topic("plant/line-1/oven/state");
        browser.awaitText(".code", "state");
        browser.awaitText(".legend", "speed");
        browser.click("Chart /position/x");
        browser.click("Chart /position/y");
        browser.click("Remove plant/line-1/oven/state /speed");
        await().atMost(Browser.SOON)
                .until(() -> browser.texts(".legend tbody tr").size() == 2);
        picture("message", colours, width);

        browser.click(".dock-tabs", "History");
        browser.awaitText(".history", "kept");
        picture("history", colours, width);

        browser.click(".sections", "Dashboard");
        browser.awaitText(".tiles", "Clients connected");
        picture("dashboard", colours, width);
    }

    private void picture(String view, String colours, int width) throws IOException {
        assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo((long) width);
        byte[] png = browser.screenshot();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(width);
        if (UPDATE) {
            Files.createDirectories(PICTURES);
            ImageIO.write(
                    rounded(image),
                    "png",
                    PICTURES.resolve(view + "-" + colours + "-" + width + ".png")
                            .toFile());
        }
    }

    /** With 64 steps per colour, which makes the file much smaller. */
    private static BufferedImage rounded(BufferedImage image) {
        BufferedImage result = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int high = image.getRGB(x, y) & 0xfcfcfc;
                result.setRGB(x, y, high | high >> 6 & 0x030303);
            }
        }
        return result;
    }
}
