package io.godwit.web.avro;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.avro.AvroType.FixedType;
import io.godwit.web.avro.AvroType.Logical;
import io.godwit.web.avro.AvroType.LogicalKind;
import io.godwit.web.avro.AvroType.Primitive;
import io.godwit.web.json.JsonTree.Decimal;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of logical types from and to JSON: times as ISO 8601, decimals as numbers. */
final class LogicalValues {
    /** Decimals of more bytes are shown as bytes: their digits would say nothing, and take long to find. */
    private static final int LARGEST_DECIMAL = 1_000;

    private static final int NANOS = 1_000_000_000;
    private static final long SECONDS_OF_DAY = 86_400;

    private LogicalValues() {}

    static void read(Logical type, AvroInput in, JsonGenerator json) throws IOException {
        if (type.kind() == LogicalKind.DECIMAL || type.kind() == LogicalKind.UUID) {
            bytes(type, type.base() instanceof FixedType fixed ? in.readFixed(fixed.size()) : in.readBytes(), json);
            return;
        }
        long value = type.base() == Primitive.INT ? in.readInt() : in.readLong();
        String text = time(type.kind(), value);
        if (text == null) {
            json.writeNumber(value);
        } else {
            json.writeString(text);
        }
    }

    private static void bytes(Logical type, byte[] bytes, JsonGenerator json) throws IOException {
        if (type.kind() == LogicalKind.UUID) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            json.writeString(new UUID(buffer.getLong(), buffer.getLong()).toString());
        } else if (bytes.length == 0 || bytes.length > LARGEST_DECIMAL) {
            json.writeString(hex(bytes));
        } else {
            json.writeNumber(new BigDecimal(new BigInteger(bytes), type.scale()).toPlainString());
        }
    }

    /** The time as text; null: the value is not a time. */
    private static @Nullable String time(LogicalKind kind, long value) {
        if (kind == LogicalKind.DATE) {
            return LocalDate.ofEpochDay(value).toString();
        }
        long seconds = Math.floorDiv(value, kind.perSecond());
        int nanos = (int) (Math.floorMod(value, (long) kind.perSecond()) * (NANOS / kind.perSecond()));
        return switch (kind) {
            case TIME_MILLIS, TIME_MICROS ->
                seconds < 0 || seconds >= SECONDS_OF_DAY
                        ? null
                        : LocalTime.ofNanoOfDay(seconds * NANOS + nanos).toString();
            case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS ->
                Instant.ofEpochSecond(seconds, nanos).toString();
            default ->
                LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC).toString();
        };
    }

    /**
     * The value that the base type encodes: a {@link BigInteger} or bytes; null: the JSON is not of this logical type, and may be
     * one of the base type.
     *
     * @throws IllegalArgumentException if it is one that the type cannot have
     */
    static @Nullable Object encoded(Logical type, @Nullable Object json) {
        if (type.kind() == LogicalKind.DECIMAL) {
            return json instanceof Decimal || json instanceof BigInteger ? decimal(type, String.valueOf(json)) : null;
        }
        if (!(json instanceof String text)) {
            return null;
        }
        try {
            return switch (type.kind()) {
                case UUID -> uuid(text);
                case DATE -> BigInteger.valueOf(LocalDate.parse(text).toEpochDay());
                case TIME_MILLIS, TIME_MICROS -> {
                    LocalTime time = LocalTime.parse(text);
                    yield whole(type.kind(), time.toSecondOfDay(), time.getNano());
                }
                case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS -> {
                    Instant time = Instant.parse(text);
                    yield whole(type.kind(), time.getEpochSecond(), time.getNano());
                }
                default -> {
                    LocalDateTime time = LocalDateTime.parse(text);
                    yield whole(type.kind(), time.toEpochSecond(ZoneOffset.UTC), time.getNano());
                }
            };
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static byte @Nullable [] uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static BigInteger whole(LogicalKind kind, long seconds, int nanos) {
        int unit = NANOS / kind.perSecond();
        if (nanos % unit != 0) {
            throw new IllegalArgumentException("the time has more digits than the schema keeps");
        }
        return BigInteger.valueOf(seconds)
                .multiply(BigInteger.valueOf(kind.perSecond()))
                .add(BigInteger.valueOf(nanos / unit));
    }

    private static byte[] decimal(Logical type, String text) {
        BigDecimal given = new BigDecimal(text);
        BigDecimal value = given.signum() == 0 ? BigDecimal.ZERO : given.stripTrailingZeros();
        // The digits before the point are counted before they are written out: 1e999999999 has too many.
        if (value.scale() > type.scale()
                || (long) value.precision() - value.scale() + type.scale() > type.precision()) {
            throw new IllegalArgumentException("the schema keeps " + type.precision() + " digits, " + type.scale()
                    + " of them after the point: " + text + " has more");
        }
        byte[] bytes = value.setScale(type.scale()).unscaledValue().toByteArray();
        if (!(type.base() instanceof FixedType fixed)) {
            return bytes;
        }
        if (bytes.length > fixed.size()) {
            throw new IllegalArgumentException(text + " does not fit into " + fixed.size() + " bytes");
        }
        byte[] padded = new byte[fixed.size()];
        Arrays.fill(padded, (byte) (bytes[0] < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, padded, padded.length - bytes.length, bytes.length);
        return padded;
    }

    /** Bytes as JSON shows them. */
    static String hex(byte[] bytes) {
        return "h'" + HexFormat.of().formatHex(bytes) + "'";
    }
}
