/** Columns in and findings out through Apache Arrow; needs {@code org.apache.arrow:arrow-c-data} beside this jar. */
@NullMarked
package org.libpolicy.arrow;

import org.jspecify.annotations.NullMarked;
