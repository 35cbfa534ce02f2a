# The conformance tests of the expression language, run through the command, or through a bare calculator in builds
# that leave the command out.
add_executable(conformance_calculator ${CMAKE_CURRENT_LIST_DIR}/calculator_main.c)
target_compile_definitions(conformance_calculator PRIVATE _POSIX_C_SOURCE=200809L)
target_link_libraries(conformance_calculator PRIVATE policy_internal policy_build)

if(TARGET policy_command)
    set(conformance_command $<TARGET_FILE:policy_command> eval --jsonl)
else()
    set(conformance_command $<TARGET_FILE:conformance_calculator>)
endif()
add_test(NAME conformance COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py
         --data ${PROJECT_BINARY_DIR}/conformance -- ${conformance_command})
set_tests_properties(conformance PROPERTIES TIMEOUT 300)
