package io.godwit.cli.top;

/** What a key does. */
public enum TopKey {
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    HOME,
    END,
    OPEN,
    CLOSE,
    SORT,
    REVERSE,
    FILTER,
    SHOW_ALL,
    PAUSE,
    QUIT,
    OTHER
}
