package io.godwit.simulation.damage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A way in which the files of a log can be damaged. */
enum DamageKind {
    ONE_BIT_FLIPPED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            flip(any(files, random), 1, random);
        }
    },
    EIGHT_BITS_FLIPPED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            flip(any(files, random), 8, random);
        }
    },
    VERSION_FLIPPED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = any(files, random);
            byte[] bytes = Files.readAllBytes(file);
            bytes[8 + random.nextInt(2)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
        }
    },
    BLOCK_ZEROED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = any(files, random);
            byte[] bytes = Files.readAllBytes(file);
            int at = random.nextInt(bytes.length);
            Arrays.fill(bytes, at, Math.min(bytes.length, at + 4_096), (byte) 0);
            Files.write(file, bytes);
        }
    },
    BLOCK_RANDOM {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = any(files, random);
            byte[] bytes = Files.readAllBytes(file);
            for (int at = random.nextInt(bytes.length), n = 0; n < 512 && at < bytes.length; n++, at++) {
                bytes[at] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
        }
    },
    FILE_CUT_IN_THE_MIDDLE_OF_THE_LOG {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = files.get(random.nextInt(files.size() - 1));
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        }
    },
    LAST_FILE_CUT_WITHIN_ITS_LAST_RECORDS {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = files.get(files.size() - 1);
            byte[] bytes = Files.readAllBytes(file);
            // Its last record is longer than that.
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(20)));
        }
    },
    FILE_DELETED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Files.delete(any(files, random));
        }
    },
    FILE_EMPTIED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Files.write(any(files, random), new byte[0]);
        }
    },
    BYTE_INSERTED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path file = any(files, random);
            byte[] bytes = Files.readAllBytes(file);
            int at = random.nextInt(bytes.length);
            byte[] longer = new byte[bytes.length + 1];
            System.arraycopy(bytes, 0, longer, 0, at);
            System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
            Files.write(file, longer);
        }
    },
    FILES_SWAPPED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Path one = any(files, random);
            Path other = any(files, random);
            byte[] bytes = Files.readAllBytes(one);
            Files.write(one, Files.readAllBytes(other));
            Files.write(other, bytes);
        }
    },
    OLD_FILE_OVER_A_NEW_ONE {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            Files.write(files.get(files.size() - 1), Files.readAllBytes(files.get(0)));
        }
    },
    GARBAGE_APPENDED {
        @Override
        void apply(List<Path> files, SplittableRandom random) throws IOException {
            byte[] garbage = new byte[1 + random.nextInt(3_000)];
            random.nextBytes(garbage);
            Files.write(files.get(files.size() - 1), garbage, StandardOpenOption.APPEND);
        }
    };

    /** @param files of one log, oldest first, at least two */
    abstract void apply(List<Path> files, SplittableRandom random) throws IOException;

    private static Path any(List<Path> files, SplittableRandom random) {
        return files.get(random.nextInt(files.size()));
    }

    private static void flip(Path file, int bits, SplittableRandom random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int n = 0; n < bits; n++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
    }
}
