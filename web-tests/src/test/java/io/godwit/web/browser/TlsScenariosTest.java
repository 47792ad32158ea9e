package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Brokers with an authority of their own that let only clients with a certificate in, added in the dialog. */
class TlsScenariosTest extends PageScenarios {
    // Set before each test.
    private TlsFiles files;
    private BrokerKind.Running secure;

    @BeforeEach
    void startSecure() throws Exception {
        Path other = Files.createDirectory(folder.resolve("secure"));
        files = TlsFiles.issue(other);
        secure = kind.startSecure(other, files);
    }

    @AfterEach
    void stopSecure() throws Exception {
        secure.broker().close();
    }

    private void open(String address) {
        browser.click("Add a broker");
        browser.type("[name=address]", address);
        browser.type("[name=name]", "secure");
        browser.click("TLS");
    }

    private void present() {
        browser.upload("[name=certificate]", files.clientCertificate());
        browser.upload("[name=key]", files.clientKey());
    }

    private void awaitConnected() {
        browser.awaitText("[role=tab][aria-selected=true]", "secure");
        browser.awaitText(".broker-bar", "connected");
    }

    @Test
    void a_broker_is_reached_with_its_authority_and_a_client_certificate() {
        open(secure.address());
        browser.upload("[name=ca]", files.authority());
        present();

        browser.click("Connect");

        awaitConnected();
    }

    @Test
    void without_its_authority_it_is_not_trusted() {
        open(secure.address());
        present();

        browser.click("Connect");

        browser.awaitText(".problem", "Connect now");
        assertThat(browser.text(".broker-bar")).doesNotContain("connected");
    }

    @Test
    void it_may_be_left_unverified() {
        open(secure.address());
        present();
        browser.click("Do not verify the server");

        browser.click("Connect");

        awaitConnected();
    }

    @Test
    void without_the_client_certificate_it_lets_nobody_in() {
        open(secure.address());
        browser.upload("[name=ca]", files.authority());

        browser.click("Connect");

        browser.awaitText(".problem", "Connect now");
    }

    @Test
    void files_that_do_not_fit_are_refused_in_the_dialog() throws Exception {
        open(secure.address());
        browser.upload("[name=ca]", Files.writeString(folder.resolve("ca.txt"), "no certificate"));

        browser.click("Connect");

        browser.awaitText("dialog .notice", "the certificate authority is not in PEM");
        browser.upload("[name=ca]", files.authority());
        browser.upload("[name=key]", files.clientKey());
        browser.click("Connect");
        browser.awaitText("dialog .notice", "a private key needs its client certificate");
    }

    @Test
    void settings_for_TLS_are_refused_for_an_address_without_it() {
        open("mqtt://localhost:1");
        browser.upload("[name=ca]", files.authority());

        browser.click("Connect");

        browser.awaitText("dialog .notice", "use mqtts://");
    }
}
