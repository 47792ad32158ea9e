package io.godwit.web.avro;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A type of a schema. */
sealed interface AvroType {
    /** The name in schemas and messages. */
    String label();

    /** The types that need no definition. */
    enum Primitive implements AvroType {
        NULL,
        BOOLEAN,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        BYTES,
        STRING;

        @Override
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A type that says what the values of another one mean.
     *
     * @param base what is encoded
     * @param precision the most digits of a decimal; else 0
     * @param scale the digits of a decimal after the point; else 0
     */
    record Logical(AvroType base, LogicalKind kind, int precision, int scale) implements AvroType {
        @Override
        public String label() {
            return base.label();
        }
    }

    record RecordType(String label, List<Field> fields) implements AvroType {}

    /**
     * A field of a record.
     *
     * @param defaultValue with {@code optional} only: the JSON that the schema has, which may be null
     */
    record Field(
            String name,
            AvroType type,
            boolean optional,
            @Nullable Object defaultValue) {}

    record EnumType(String label, List<String> symbols) implements AvroType {}

    record FixedType(String label, int size) implements AvroType {}

    record ArrayType(AvroType items) implements AvroType {
        @Override
        public String label() {
            return "array";
        }
    }

    record MapType(AvroType values) implements AvroType {
        @Override
        public String label() {
            return "map";
        }
    }

    record UnionType(List<AvroType> branches) implements AvroType {
        @Override
        public String label() {
            return "union";
        }
    }

    /** A record, enum or fixed that is defined elsewhere in the schema. */
    record Reference(String label) implements AvroType {}

    /** The logical types that are shown as what they mean; all others are shown as what is encoded. */
    enum LogicalKind {
        DECIMAL(null, 0),
        UUID(null, 0),
        DATE(Primitive.INT, 0),
        TIME_MILLIS(Primitive.INT, 1_000),
        TIME_MICROS(Primitive.LONG, 1_000_000),
        TIMESTAMP_MILLIS(Primitive.LONG, 1_000),
        TIMESTAMP_MICROS(Primitive.LONG, 1_000_000),
        TIMESTAMP_NANOS(Primitive.LONG, 1_000_000_000),
        LOCAL_TIMESTAMP_MILLIS(Primitive.LONG, 1_000),
        LOCAL_TIMESTAMP_MICROS(Primitive.LONG, 1_000_000),
        LOCAL_TIMESTAMP_NANOS(Primitive.LONG, 1_000_000_000);

        private static final int UUID_BYTES = 16;

        private final @Nullable Primitive base;
        private final int perSecond;

        LogicalKind(@Nullable Primitive base, int perSecond) {
            this.base = base;
            this.perSecond = perSecond;
        }

        /** The units of a time in a second; 0 for other kinds. */
        int perSecond() {
            return perSecond;
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The kind with this name, if it is one of this type; null: the name is to be ignored, as the specification says. */
        static @Nullable LogicalKind of(Object name, AvroType type) {
            for (LogicalKind kind : values()) {
                if (kind.label().equals(name)) {
                    return kind.fits(type) ? kind : null;
                }
            }
            return null;
        }

        private boolean fits(AvroType type) {
            return switch (this) {
                case DECIMAL -> type == Primitive.BYTES || type instanceof FixedType;
                case UUID -> type instanceof FixedType fixed && fixed.size() == UUID_BYTES;
                default -> type == base;
            };
        }
    }
}
