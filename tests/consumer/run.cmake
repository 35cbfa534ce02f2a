# Install into an empty folder; then build and run consumers that see only that folder: once by pkg-config, once by
# find_package, each in C and C++.
cmake_minimum_required(VERSION 3.25)

function(run)
    cmake_parse_arguments(PARSE_ARGV 0 run "" "OUTPUT" "COMMAND")
    execute_process(COMMAND ${run_COMMAND} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT result EQUAL 0)
        list(JOIN run_COMMAND " " command)
        message(FATAL_ERROR "${command}\n${output}")
    endif()
    if(run_OUTPUT)
        set(${run_OUTPUT} "${output}" PARENT_SCOPE)
    endif()
endfunction()

set(prefix ${SCRATCH}/prefix)
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

foreach(expected include/policy/policy.h share/policy/rules ${LIBRARY_DIRECTORY}/pkgconfig/policy.pc)
    if(NOT EXISTS ${prefix}/${expected})
        message(FATAL_ERROR "not installed: ${expected}")
    endif()
endforeach()
file(GLOB_RECURSE strangers ${prefix}/share/policy/rules/*/tests/*)
if(strangers)
    message(FATAL_ERROR "the packs' own tests were installed: ${strangers}")
endif()

# A program built by hand with what pkg-config says.
set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBRARY_DIRECTORY}/pkgconfig)
find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
find_program(cxx NAMES c++ g++ clang++ REQUIRED)
run(COMMAND ${pkg_config} --cflags --libs policy OUTPUT flags)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(COMMAND ${CC} -std=c11 -Wall -Wextra -Werror ${CONSUMER}/consumer.c ${flags} -o ${SCRATCH}/by_hand_c)
run(COMMAND ${cxx} -std=c++17 -Wall -Wextra -Werror ${CONSUMER}/consumer.cpp ${flags} -o ${SCRATCH}/by_hand_cpp)
foreach(program by_hand_c by_hand_cpp)
    run(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${prefix}/${LIBRARY_DIRECTORY} ${SCRATCH}/${program}
                ${prefix}/share/policy/rules)
endforeach()

# A project that uses find_package.
run(COMMAND ${CMAKE_COMMAND} -S ${CONSUMER}/project -B ${SCRATCH}/project -G ${GENERATOR} -DCMAKE_C_COMPILER=${CC}
            -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release)
run(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/project)
run(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${SCRATCH}/project --output-on-failure --no-tests=error)
message(STATUS "consumers build and run against ${prefix}")
