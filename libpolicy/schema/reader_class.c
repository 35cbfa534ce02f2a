/*
 * Classes, with one spelling: "2班" for 2班, (2)班, 二班, 2, 302 and 三年级2班.
 *
 * A class that has a name instead of a number (实验班, 2101班) stays as written, full-width forms and white space apart, so
 * that the same class gets the same key from two sheets. Spelling: form 1 a number (a), form 2 a name (text).
 */
#include "schema/grade_class.h"
#include "schema/readers.h"

enum { CLASS_NUMBERED = 1, CLASS_NAMED = 2 };

bool spell_class(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    grade_class g;
    if (fold_cell(text, 0, &room, &folded) && grade_class_read(folded, &g)) {
        if (g.number || g.bare) {
            out->form = CLASS_NUMBERED;
            out->a = g.number ? g.number : g.bare;
            if (!g.number)
                out->note = READER_NOTE_OWN_COLUMN;
            return true;
        }
    }
    out->text = str_trim(text);
    out->form = CLASS_NAMED;
    out->note = READER_NOTE_OWN_COLUMN;
    return out->text.size != 0;
}

reader_failure value_of_class(const schema_field *field, const spelling *s, const reader_context *context,
                              arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)high;
    if (s->form == CLASS_NUMBERED) {
        char room[NUMBER_TEXT + 4];
        size_t n = number_write_int(room, s->a);
        memcpy(room + n, "班", 3);
        *out = value_made(scratch, (str){room, n + 3});
        return READER_FINE;
    }
    size_t size = fold_with(s->text, FOLD_CASE, NULL, 0);
    char *copy = arena_new(scratch, size + 1);
    if (!copy) {
        *out = value_out_of_memory();
        return READER_FINE;
    }
    fold_with(s->text, FOLD_CASE, copy, size);
    *out = value_string((str){copy, size});
    return READER_FINE;
}
