# Threads, as a program without the test framework, which does not start under the thread sanitizer.
add_executable(threads_main arrow/threads_main.c support/arrow_rows.c support/sample.c)
target_compile_definitions(threads_main PRIVATE POLICY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" _POSIX_C_SOURCE=200809L)
target_include_directories(threads_main PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(threads_main PRIVATE policy_internal policy_build)
add_test(NAME arrow/threads COMMAND threads_main)
set_tests_properties(arrow/threads PROPERTIES TIMEOUT 900)

# The example of docs/arrow.md: what it finds, and nothing else.
add_executable(example_feed_arrow ${PROJECT_SOURCE_DIR}/docs/examples/feed_arrow.c)
target_link_libraries(example_feed_arrow PRIVATE policy policy_build)
add_test(NAME arrow/example COMMAND example_feed_arrow ${PROJECT_SOURCE_DIR}/rules/huancui-2021)
set_tests_properties(arrow/example PROPERTIES PASS_REGULAR_EXPRESSION "^2.1b 长征小学3年级2班2021-12-01书面作业合计75分钟，超过上限60分钟\n$")
