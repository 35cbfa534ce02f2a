# The command, as people and programs see it: transcripts, and the sample data against the truth that was planted in it.
if(TARGET policy_command)
    add_test(NAME cli/transcripts COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py
             --policy $<TARGET_FILE:policy_command>)
    add_test(NAME cli/jobs COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_jobs.py
             --policy $<TARGET_FILE:policy_command>)
    add_test(NAME cli/forms COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_forms.py
             --policy $<TARGET_FILE:policy_command>)
    if(EXISTS ${PROJECT_SOURCE_DIR}/tests/data/truth.jsonl)
        add_test(NAME cli/sample_data COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_truth.py
                 --policy $<TARGET_FILE:policy_command> --source ${PROJECT_SOURCE_DIR})
    endif()
    add_test(NAME cli/closed_output COMMAND sh -c "\"$<TARGET_FILE:policy_command>\" --help >/dev/full; test $? -eq 2")
endif()

# The example of the README, as it stands there.
add_executable(example_embed ${PROJECT_SOURCE_DIR}/docs/examples/embed.c)
target_link_libraries(example_embed PRIVATE policy policy_build)
add_test(NAME cli/example_embed COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_example.py
         --program $<TARGET_FILE:example_embed> --source ${PROJECT_SOURCE_DIR})
