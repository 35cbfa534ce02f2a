# docs/examples/live.c, compiled as a stranger would and talked to.
add_executable(example_live ${PROJECT_SOURCE_DIR}/docs/examples/live.c)
target_link_libraries(example_live PRIVATE policy policy_build)
add_test(NAME examples/live COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/talk.py
         --program $<TARGET_FILE:example_live> --argument ${PROJECT_SOURCE_DIR}/rules/huancui-2021
         --talk ${CMAKE_CURRENT_LIST_DIR}/live.txt)

# docs/examples/shards.c: threads, new rules while they post, saving and restoring.
find_package(Threads REQUIRED)
add_executable(example_shards ${PROJECT_SOURCE_DIR}/docs/examples/shards.c)
target_compile_definitions(example_shards PRIVATE _POSIX_C_SOURCE=200809L)
target_link_libraries(example_shards PRIVATE policy policy_build Threads::Threads)
add_test(NAME examples/shards COMMAND example_shards ${PROJECT_SOURCE_DIR}/rules/huancui-2021
         ${CMAKE_CURRENT_LIST_DIR}/stricter.lua ${CMAKE_CURRENT_BINARY_DIR})
set_tests_properties(examples/shards PROPERTIES PASS_REGULAR_EXPRESSION
                     "carried over\n[^\n]*carried over\n[^\n]*carried over\nrefused some: yes. broken: [0-9]+")
