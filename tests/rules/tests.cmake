# The clause table in docs/ is what the pack says; the sample data is what its generator writes.
add_test(NAME rules/clause_table COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/clause_table.py --check)
