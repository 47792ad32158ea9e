package io.godwit.web.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number over time. */
public final class Series {
    /** A number at a time, in milliseconds since 1970; null: the payload had none. */
    public record Point(long time, @Nullable Double number) {}

    private Series() {}

    /**
     * At most about {@code most} points: if there are more, of each equal part of the points only the least and the greatest stay,
     * so that no peak is lost.
     */
    public static List<Point> reduced(List<Point> points, int most) {
        if (points.size() <= most) {
            return points;
        }
        int parts = Math.max(1, most / 2);
        List<Point> kept = new ArrayList<>(2 * parts);
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) points.size() * part / parts);
            int to = (int) ((long) points.size() * (part + 1) / parts);
            add(points.subList(from, to), kept);
        }
        return kept;
    }

    private static void add(List<Point> part, List<Point> kept) {
        Point least = null;
        Point greatest = null;
        for (Point point : part) {
            if (value(point) < value(least, Double.POSITIVE_INFINITY)) {
                least = point;
            }
            if (value(point) > value(greatest, Double.NEGATIVE_INFINITY)) {
                greatest = point;
            }
        }
        if (least == null || greatest == null) {
            part.stream().limit(1).forEach(kept::add);
        } else if (least == greatest) {
            kept.add(least);
        } else {
            kept.add(least.time <= greatest.time ? least : greatest);
            kept.add(least.time <= greatest.time ? greatest : least);
        }
    }

    private static double value(Point point) {
        return point.number == null ? Double.NaN : point.number;
    }

    private static double value(@Nullable Point point, double without) {
        return point == null ? without : value(point);
    }
}
