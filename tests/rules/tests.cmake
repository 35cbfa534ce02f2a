# The clause table in docs/ is what the pack says; the sample data is what its generator writes.
add_test(NAME rules/clause_table COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/clause_table.py --check)

# What the packs' cases reach and notice: every rule and condition, and every small change that has no written reason.
if(TARGET policy_command)
    foreach(pack huancui-2021 national-2021)
        add_test(NAME rules/mutants/${pack}
                 COMMAND policy_command test ${PROJECT_SOURCE_DIR}/rules/${pack} --mutate --min-coverage 100)
        set_tests_properties(rules/mutants/${pack} PROPERTIES TIMEOUT 600)
    endforeach()
endif()
