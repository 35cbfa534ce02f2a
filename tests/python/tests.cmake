# The Python package, installed by pip into an environment of its own and tried from there. Once: what the sanitizers would
# see of the library they see in its own tests.
find_program(PYTHON3_PLAIN python3)
if(TARGET policy_command AND PYTHON3_PLAIN AND NOT POLICY_SANITIZE AND NOT POLICY_COVERAGE)
    add_test(NAME python/package COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/run.sh ${PYTHON3_PLAIN} ${PROJECT_SOURCE_DIR}
             $<TARGET_FILE:policy_command> ${PROJECT_BINARY_DIR}/python)
    set_tests_properties(python/package PROPERTIES TIMEOUT 900)
endif()
