# Lays out what the jar carries: the native library with all that it needs and every Linux does not have, and the packs.
# Both come with a list, files.txt, because a jar cannot be listed.

file(REMOVE_RECURSE ${INTO} ${RULES_INTO})
file(MAKE_DIRECTORY ${INTO} ${RULES_INTO})
file(COPY ${JNI} DESTINATION ${INTO})
file(COPY_FILE ${LIBRARY} ${INTO}/${SONAME})
cmake_path(GET JNI FILENAME names)
list(APPEND names ${SONAME})

cmake_path(GET LIBRARY PARENT_PATH folder)
file(GET_RUNTIME_DEPENDENCIES LIBRARIES ${LIBRARY} RESOLVED_DEPENDENCIES_VAR found UNRESOLVED_DEPENDENCIES_VAR missing
     PRE_EXCLUDE_REGEXES "^(libc|libm|libpthread|libdl|librt|ld-linux.*)\\.so" "^lib(asan|ubsan|tsan|gcc_s|stdc\\+\\+)\\.so")
if(missing)
    message(FATAL_ERROR "not found: ${missing}")
endif()
foreach(file IN LISTS found)
    cmake_path(GET file FILENAME name)
    file(REAL_PATH ${file} real)
    file(COPY_FILE ${real} ${INTO}/${name})
    list(APPEND names ${name})
endforeach()
list(JOIN names "\n" lines)
file(WRITE ${INTO}/files.txt "${lines}\n")

file(GLOB_RECURSE rules RELATIVE ${RULES} ${RULES}/*)
list(FILTER rules EXCLUDE REGEX "(^|/)tests/|^examples/|(^|/)\\.")
foreach(name IN LISTS rules)
    cmake_path(GET name PARENT_PATH parent)
    file(COPY ${RULES}/${name} DESTINATION ${RULES_INTO}/${parent})
endforeach()
list(JOIN rules "\n" lines)
file(WRITE ${RULES_INTO}/files.txt "${lines}\n")
