# docs/examples/live.c, compiled as a stranger would and talked to.
add_executable(example_live ${PROJECT_SOURCE_DIR}/docs/examples/live.c)
target_link_libraries(example_live PRIVATE policy policy_build)
add_test(NAME examples/live COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/talk.py
         --program $<TARGET_FILE:example_live> --argument ${PROJECT_SOURCE_DIR}/rules/huancui-2021
         --talk ${CMAKE_CURRENT_LIST_DIR}/live.txt)
