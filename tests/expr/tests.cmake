# The examples of the reference for rule authors.
file(GLOB function_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libpolicy/expr/functions_*.c)
add_test(NAME expr/documentation COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_documentation.py
         ${PROJECT_SOURCE_DIR}/docs/expressions.md "${function_sources}" $<TARGET_FILE:conformance_calculator>)
