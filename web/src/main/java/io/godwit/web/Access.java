package io.godwit.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the page: hands out one-time tokens, exchanges a token or the password for a session, and knows the sessions.
 * Keeps digests only. Any thread.
 */
final class Access {
    private static final long TOKEN_MILLIS = 10 * 60_000;
    private static final int MOST_TOKENS = 20;
    private static final int MOST_SESSIONS = 200;
    private static final int FREE_TRIES = 5;
    private static final long LONGEST_WAIT_MILLIS = 30_000;
    private static final int MOST_ADDRESSES = 1_000;

    /** The outcome of a login. */
    sealed interface Login {
        /** The password was right. */
        record Accepted(String session) implements Login {}

        /** The password was wrong. */
        record Wrong() implements Login {}

        /** There were too many wrong ones from this address; the next try is possible after this time. */
        record Later(long millis) implements Login {}
    }

    private record Failures(int count, long nextMillis) {}

    // Set once.
    private final byte @Nullable [] password;
    private final LongSupplier clock;
    private final SecureRandom random = new SecureRandom();

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<String, Long> tokens = new LinkedHashMap<>();
    private final Set<String> sessions = new LinkedHashSet<>();
    private final Map<String, Failures> failures = new LinkedHashMap<>();

    /**
     * @param password null: tokens only
     * @param clock milliseconds
     */
    Access(@Nullable String password, LongSupplier clock) {
        this.password = password == null ? null : digest(password);
        this.clock = clock;
    }

    boolean hasPassword() {
        return password != null;
    }

    /** A token that {@link #exchange} accepts once, within ten minutes. */
    String newToken() {
        String token = secret();
        lock.lock();
        try {
            tokens.put(key(token), clock.getAsLong() + TOKEN_MILLIS);
            trim(tokens.keySet(), MOST_TOKENS);
            return token;
        } finally {
            lock.unlock();
        }
    }

    /** The session for a token; null if the token was used, is too old or was never handed out. */
    @Nullable
    String exchange(String token) {
        lock.lock();
        try {
            Long until = tokens.remove(key(token));
            return until == null || until < clock.getAsLong() ? null : newSession();
        } finally {
            lock.unlock();
        }
    }

    /** Checks the password. After five wrong ones an address waits twice as long after each further one. */
    Login login(String typed, String address) {
        byte[] expected = password;
        if (expected == null) {
            return new Login.Wrong();
        }
        lock.lock();
        try {
            long now = clock.getAsLong();
            Failures before = failures.getOrDefault(address, new Failures(0, 0));
            if (before.nextMillis > now) {
                return new Login.Later(before.nextMillis - now);
            }
            if (MessageDigest.isEqual(expected, digest(typed))) {
                failures.remove(address);
                return new Login.Accepted(newSession());
            }
            int count = before.count + 1;
            long wait =
                    count < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MILLIS, 1_000L << Math.min(20, count - FREE_TRIES));
            failures.remove(address);
            failures.put(address, new Failures(count, now + wait));
            trim(failures.keySet(), MOST_ADDRESSES);
            return new Login.Wrong();
        } finally {
            lock.unlock();
        }
    }

    boolean isSession(String session) {
        lock.lock();
        try {
            return sessions.contains(key(session));
        } finally {
            lock.unlock();
        }
    }

    /** Guarded by the lock. */
    private String newSession() {
        String session = secret();
        sessions.add(key(session));
        trim(sessions, MOST_SESSIONS);
        return session;
    }

    private static void trim(Set<String> oldestFirst, int most) {
        Iterator<String> oldest = oldestFirst.iterator();
        while (oldestFirst.size() > most) {
            oldest.next();
            oldest.remove();
        }
    }

    private String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String key(String secret) {
        return HexFormat.of().formatHex(digest(secret));
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
