/*
 * The one grammar of "which grade, which class", shared by the grade reader, the class reader and the sheet profiler.
 *
 *     [stage] grade [class] | cohort [class] | class
 *
 *     三年级  3年级2班  六(1)班  六1班  三二班  302  601班  6.1  三年2班  小三  小学三年级  初一  初中一年级2班
 *     初中七年级  预初  高一  2021级  21级3班  小学2021级  2025届  (2)班  2班  二班  2
 *
 * What a number means is left open where only its column can say: a bare 3 comes back as `bare`.
 */
#ifndef POLICY_SCHEMA_GRADE_CLASS_H
#define POLICY_SCHEMA_GRADE_CLASS_H

#include "base/text.h"

typedef enum grade_form {
    GRADE_NONE = 0,
    GRADE_ABSOLUTE,  /* 七年级, 302: counted from the first year of primary school */
    GRADE_PRIMARY,   /* 小六, 小学六年级: a year that must lie in primary school */
    GRADE_JUNIOR,    /* 初一, 初中一年级: counted from the first year of junior school */
    GRADE_IN_JUNIOR, /* 初中七年级: absolute, but it must lie in junior school */
    GRADE_SENIOR,    /* 高一 */
    GRADE_PREPARE,   /* 预初: the first of four junior years, sixth in all */
    GRADE_COHORT,    /* 2021级: who began a stage in autumn 2021 */
    GRADE_GRADUATES  /* 2025届: who finish a stage in summer 2025 */
} grade_form;

typedef enum school_stage { STAGE_NOT_SAID = 0, STAGE_PRIMARY, STAGE_JUNIOR, STAGE_SENIOR } school_stage;

typedef struct grade_class {
    grade_form form;
    school_stage stage; /* said with it */
    int32_t grade;      /* or the year of a cohort */
    int32_t number;     /* class; 0: not said */
    int32_t bare;       /* a number with nothing around it, else 0 */
    int32_t system;     /* primary years, where the text names the system: 六年级(五四制); else 0 */
} grade_class;

/* The whole of a folded text; false when it is anything else. */
bool grade_class_read(str folded, grade_class *out);
/* The first grade (with its class, if said) somewhere inside a longer folded text such as a title. */
bool grade_class_search(str folded, grade_class *out);

#endif
