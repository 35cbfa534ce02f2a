# Random spreadsheets in many spellings, orders and encodings, judged by the command and by an independent oracle.
if(TARGET policy_command)
    add_test(NAME differential/spreadsheets COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/spreadsheets.py
             $<TARGET_FILE:policy_command> ${PROJECT_SOURCE_DIR}/rules/huancui-2021 --rounds 20)
endif()
