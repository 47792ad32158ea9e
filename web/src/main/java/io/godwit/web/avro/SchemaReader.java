package io.godwit.web.avro;

import io.godwit.web.avro.AvroType.ArrayType;
import io.godwit.web.avro.AvroType.EnumType;
import io.godwit.web.avro.AvroType.Field;
import io.godwit.web.avro.AvroType.FixedType;
import io.godwit.web.avro.AvroType.Logical;
import io.godwit.web.avro.AvroType.LogicalKind;
import io.godwit.web.avro.AvroType.MapType;
import io.godwit.web.avro.AvroType.Primitive;
import io.godwit.web.avro.AvroType.RecordType;
import io.godwit.web.avro.AvroType.Reference;
import io.godwit.web.avro.AvroType.UnionType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the types of a schema. Types are defined before they are used, or inside of themselves. */
final class SchemaReader {
    private static final int DEEPEST = 100;
    /** Of decimals: more would only make large texts. */
    private static final int MOST_DIGITS = 1_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Set<String> defined = new HashSet<>();
    private final Map<String, AvroType> named = new HashMap<>();

    /** @throws IllegalArgumentException if it is not a schema */
    AvroType read(@Nullable Object json) {
        return type(json, "", "the schema", 0);
    }

    /** Records, enums and fixed by their full names. */
    Map<String, AvroType> named() {
        return Map.copyOf(named);
    }

    private AvroType type(@Nullable Object json, String namespace, String where, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("types are nested deeper than " + DEEPEST + " levels");
        }
        if (json instanceof String name) {
            return byName(name, namespace, where);
        }
        if (json instanceof List<?> branches) {
            return union(branches, namespace, where, depth);
        }
        if (!(json instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException(
                    where + " must be the name of a type, an object with \"type\", or an array of types");
        }
        Object type = members.get("type");
        if (type == null) {
            throw new IllegalArgumentException(where + " has no \"type\"");
        }
        return type instanceof String name
                ? logical(members, byKind(name, members, namespace, where, depth))
                : type(type, namespace, where, depth + 1);
    }

    private AvroType byKind(String name, Map<?, ?> members, String namespace, String where, int depth) {
        return switch (name) {
            case "record", "error" -> record(members, namespace, where, depth);
            case "enum" -> constants(members, namespace, where);
            case "fixed" -> fixed(members, namespace, where);
            case "array" -> new ArrayType(type(members.get("items"), namespace, "the items of " + where, depth + 1));
            case "map" -> new MapType(type(members.get("values"), namespace, "the values of " + where, depth + 1));
            default -> byName(name, namespace, where);
        };
    }

    private AvroType byName(String name, String namespace, String where) {
        for (Primitive primitive : Primitive.values()) {
            if (primitive.label().equals(name)) {
                return primitive;
            }
        }
        for (String full : List.of(fullName(name, namespace), name)) {
            if (defined.contains(full)) {
                return new Reference(full);
            }
        }
        throw new IllegalArgumentException(where + " has the unknown type '" + name + "'");
    }

    private AvroType union(List<?> types, String namespace, String where, int depth) {
        List<AvroType> branches = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        for (Object each : types) {
            AvroType branch = type(each, namespace, where, depth + 1);
            if (branch instanceof UnionType) {
                throw new IllegalArgumentException(where + ": a union must not contain a union");
            }
            if (!labels.add(branch.label())) {
                throw new IllegalArgumentException(where + ": the union has '" + branch.label() + "' twice");
            }
            branches.add(branch);
        }
        if (branches.isEmpty()) {
            throw new IllegalArgumentException(where + ": the union has no types");
        }
        return new UnionType(List.copyOf(branches));
    }

    private AvroType record(Map<?, ?> members, String namespace, String where, int depth) {
        String name = define(members, namespace, where);
        String inner = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        if (!(members.get("fields") instanceof List<?> list)) {
            throw new IllegalArgumentException("record '" + name + "' has no array of \"fields\"");
        }
        List<Field> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> field)
                    || !(field.get("name") instanceof String fieldName)
                    || !NAME.matcher(fieldName).matches()) {
                throw new IllegalArgumentException("record '" + name + "' has a field without a valid \"name\"");
            }
            if (!names.add(fieldName)) {
                throw new IllegalArgumentException("record '" + name + "' has the field '" + fieldName + "' twice");
            }
            AvroType type = type(field.get("type"), inner, "field '" + fieldName + "' of '" + name + "'", depth + 1);
            fields.add(new Field(fieldName, type, field.containsKey("default"), field.get("default")));
        }
        return keep(new RecordType(name, List.copyOf(fields)));
    }

    private AvroType constants(Map<?, ?> members, String namespace, String where) {
        String name = define(members, namespace, where);
        if (!(members.get("symbols") instanceof List<?> list)) {
            throw new IllegalArgumentException("enum '" + name + "' has no array of \"symbols\"");
        }
        Set<String> symbols = new LinkedHashSet<>();
        for (Object each : list) {
            if (!(each instanceof String symbol) || !NAME.matcher(symbol).matches() || !symbols.add(symbol)) {
                throw new IllegalArgumentException(
                        "enum '" + name + "': '" + each + "' is not a valid symbol, or is there twice");
            }
        }
        return keep(new EnumType(name, List.copyOf(symbols)));
    }

    private AvroType fixed(Map<?, ?> members, String namespace, String where) {
        String name = define(members, namespace, where);
        if (!(members.get("size") instanceof BigInteger size)
                || size.signum() < 0
                || size.bitLength() >= Integer.SIZE) {
            throw new IllegalArgumentException("fixed '" + name + "' has no valid \"size\"");
        }
        return keep(new FixedType(name, size.intValue()));
    }

    private AvroType keep(AvroType type) {
        named.put(type.label(), type);
        return type;
    }

    /** The full name of a new type. */
    private String define(Map<?, ?> members, String namespace, String where) {
        if (!(members.get("name") instanceof String given)) {
            throw new IllegalArgumentException(where + ": a record, enum or fixed needs a \"name\"");
        }
        String name = fullName(given, members.get("namespace") instanceof String own ? own : namespace);
        for (String part : name.split("\\.", -1)) {
            if (!NAME.matcher(part).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not a valid name");
            }
        }
        if (!defined.add(name)) {
            throw new IllegalArgumentException("'" + name + "' is defined twice");
        }
        return name;
    }

    private static String fullName(String name, String namespace) {
        return name.indexOf('.') >= 0 || namespace.isEmpty() ? name : namespace + "." + name;
    }

    private AvroType logical(Map<?, ?> members, AvroType type) {
        AvroType meant = meaning(members, type);
        if (type instanceof FixedType) {
            named.put(type.label(), meant); // references to it mean the same
        }
        return meant;
    }

    private static AvroType meaning(Map<?, ?> members, AvroType type) {
        Object name = members.get("logicalType");
        LogicalKind kind = name == null ? null : LogicalKind.of(name, type);
        if (kind == null) {
            return type;
        }
        if (kind != LogicalKind.DECIMAL) {
            return new Logical(type, kind, 0, 0);
        }
        int precision = small(members.get("precision"));
        int scale = members.containsKey("scale") ? small(members.get("scale")) : 0;
        return precision < 1 || scale < 0 || scale > precision ? type : new Logical(type, kind, precision, scale);
    }

    private static int small(@Nullable Object number) {
        return number instanceof BigInteger value && value.bitLength() < Integer.SIZE && value.intValue() <= MOST_DIGITS
                ? value.intValue()
                : -1;
    }
}
