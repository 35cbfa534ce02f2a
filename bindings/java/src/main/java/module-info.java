/**
 * Judges school records against written education policy.
 *
 * <p>Start with {@link org.libpolicy.PolicyEngine}. JDBC and Arrow are optional: they are needed only by those who use
 * {@code feed(String, ResultSet)} and the package {@link org.libpolicy.arrow}. On JDK 24 and later, give the module access
 * to native code with {@code --enable-native-access=org.libpolicy}.
 */
module org.libpolicy {
    requires static transitive java.sql;
    requires static transitive org.jspecify;
    requires static transitive org.apache.arrow.c;
    requires static transitive org.apache.arrow.vector;
    requires static transitive org.apache.arrow.memory.core;

    exports org.libpolicy;
    exports org.libpolicy.arrow;
}
