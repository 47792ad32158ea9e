package io.godwit.mqtt.client.session;

import org.jspecify.annotations.Nullable;

/**
 * The packet identifiers of QoS 2 messages that came and are not released yet, so that a repetition is known as one
 * [MQTT-4.3.3-10]. Kept in pages of 256, which exist only while one of their identifiers is in use: brokers walk through
 * all 65,535.
 */
final class ReceivedIdentifiers {
    private static final int PAGE = 256;
    private static final @Nullable Page[] NO_PAGES = new Page[0];

    private @Nullable Page[] pages = NO_PAGES;
    private int count;
    /** The last page that was given up, to be used again: a broker that walks from page to page needs two. */
    private @Nullable Page spare;

    private static final class Page {
        final int[] tokens = new int[PAGE];
        int used;
    }

    /** The token under which the message was delivered, 0 when there is none: it is new. */
    int get(int id) {
        Page page = pages.length == 0 ? null : pages[id >> 8];
        return page == null ? 0 : page.tokens[id & 0xFF];
    }

    void put(int id, int token) {
        if (pages.length == 0) {
            pages = new Page[PAGE];
        }
        Page page = pages[id >> 8];
        if (page == null) {
            page = spare == null ? new Page() : spare;
            spare = null;
            pages[id >> 8] = page;
        }
        if (page.tokens[id & 0xFF] == 0) {
            page.used++;
            count++;
        }
        page.tokens[id & 0xFF] = token;
    }

    /** Returns whether it was there. */
    boolean remove(int id) {
        Page page = pages.length == 0 ? null : pages[id >> 8];
        if (page == null || page.tokens[id & 0xFF] == 0) {
            return false;
        }
        page.tokens[id & 0xFF] = 0;
        count--;
        if (--page.used == 0) {
            pages[id >> 8] = null;
            spare = page;
        }
        return true;
    }

    void clear() {
        pages = NO_PAGES;
        spare = null;
        count = 0;
    }

    int count() {
        return count;
    }
}
