package io.godwit.plot;

/** Something that a {@link Sheet} shows. */
public interface Figure {
    int width();

    int height();

    /** Its elements, without an {@code svg} element around them. */
    String content();
}
