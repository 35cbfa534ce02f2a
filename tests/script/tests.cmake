# The examples of docs/lua.md run, and the page shows them as they are.
if(TARGET policy_command)
    add_test(NAME script/examples COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/examples.py
             --policy $<TARGET_FILE:policy_command> --source ${PROJECT_SOURCE_DIR})
endif()
