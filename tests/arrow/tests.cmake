# Threads, as a program without the test framework, which does not start under the thread sanitizer.
add_executable(threads_main arrow/threads_main.c support/arrow_rows.c support/sample.c)
target_compile_definitions(threads_main PRIVATE POLICY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" _POSIX_C_SOURCE=200809L)
target_include_directories(threads_main PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(threads_main PRIVATE policy_internal policy_build)
add_test(NAME arrow/threads COMMAND threads_main)
set_tests_properties(arrow/threads PROPERTIES TIMEOUT 300)
