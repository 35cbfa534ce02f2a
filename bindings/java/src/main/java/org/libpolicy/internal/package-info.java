/** The border to the native library. Not exported: may change in any release. */
package org.libpolicy.internal;
