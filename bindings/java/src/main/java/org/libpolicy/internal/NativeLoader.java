package org.libpolicy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds and loads the native library, once: the system property `libpolicy.library` (a file, or the folder that holds it),
 * then java.library.path, then the copy inside the jar, unpacked into a private folder.
 */
public final class NativeLoader {
    /** The system property that names the library. */
    public static final String PROPERTY = "libpolicy.library";

    private static final String NAME = "policyjni";
    private static final UnsatisfiedLinkError FAILURE = load();

    private NativeLoader() {}

    /** Makes sure that the library is there; else says why it is not. */
    public static void ensure() {
        if (FAILURE != null) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(FAILURE.getMessage());
            error.initCause(FAILURE);
            throw error;
        }
    }

    /** This machine as the folders of the jar are named: linux-x86_64, linux-aarch64, macos-aarch64, windows-x86_64. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return (os.startsWith("win") ? "windows" : os.startsWith("mac") ? "macos" : os.replace(' ', '-')) + "-"
                + switch (arch) {
                    case "amd64", "x86-64" -> "x86_64";
                    case "arm64" -> "aarch64";
                    default -> arch;
                };
    }

    private static UnsatisfiedLinkError load() {
        List<String> tried = new ArrayList<>();
        try {
            find(tried);
            check();
            return null;
        } catch (UnsatisfiedLinkError | IOException | UncheckedIOException e) {
            return problem(e, tried);
        }
    }

    private static UnsatisfiedLinkError problem(Throwable cause, List<String> tried) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError("The native library of libpolicy cannot be used on "
                + platform() + ": " + cause.getMessage()
                + (tried.isEmpty() ? "" : "\n  " + String.join("\n  ", tried))
                + "\n  Set -D" + PROPERTY + "=/path/to/" + System.mapLibraryName(NAME)
                + " to use a build of your own, or -Djava.io.tmpdir to unpack into a folder that allows execution.");
        error.initCause(cause);
        return error;
    }

    private static void find(List<String> tried) throws IOException {
        String set = System.getProperty(PROPERTY);
        if (set != null && !set.isEmpty()) {
            Path path = Path.of(set).toAbsolutePath();
            tried.add("system property " + PROPERTY + ": " + path);
            System.load((Files.isDirectory(path) ? path.resolve(System.mapLibraryName(NAME)) : path).toString());
            return; // what was asked for is what is used: no falling back
        }
        try {
            System.loadLibrary(NAME);
            return;
        } catch (UnsatisfiedLinkError e) {
            tried.add("java.library.path: " + e.getMessage());
        }
        String folder = "/org/libpolicy/native/" + platform() + "/";
        tried.add("inside the jar: " + folder);
        System.load(unpack(folder).toString());
    }

    /** Into a folder of this process that only its user may enter, removed when the process ends. */
    private static Path unpack(String folder) throws IOException {
        List<String> names;
        try (InputStream list = NativeLoader.class.getResourceAsStream(folder + "files.txt")) {
            if (list == null) {
                throw new UnsatisfiedLinkError("this jar holds no library for " + platform());
            }
            names = new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
        }
        Path into = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir"))).supportsFileAttributeView("posix")
                ? Files.createTempDirectory("libpolicy-", PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")))
                : Files.createTempDirectory("libpolicy-");
        List<Path> made = new ArrayList<>(List.of(into));
        for (String name : names) {
            Path file = into.resolve(name);
            try (InputStream from = NativeLoader.class.getResourceAsStream(folder + name)) {
                if (from == null) {
                    throw new UnsatisfiedLinkError("this jar is damaged: " + folder + name + " is missing");
                }
                Files.copy(from, file);
            }
            made.add(file);
        }
        made.forEach(path -> path.toFile().deleteOnExit()); // last first: files, then the folder
        return into.resolve(System.mapLibraryName(NAME));
    }

    /** A jar and a library that do not belong together must not meet. */
    private static void check() {
        int border = NativeJNI.java_border();
        if (border != Bridge.BORDER) {
            throw new UnsatisfiedLinkError("the library's Java part is of another version (" + border + ", this jar needs "
                    + Bridge.BORDER + ")");
        }
        long version = NativeJNI.version_number();
        int major = NativeJNI.java_major();
        if (version / 1_000_000 != major) {
            throw new UnsatisfiedLinkError(
                    "libpolicy is version " + Utf8.decode(NativeJNI.version()) + ", this jar needs " + major + ".x");
        }
    }
}
