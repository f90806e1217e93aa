# What `cmake --install` puts where, in two components: `driver` (library, setup library, header, registration template, templates of
# data sources, tool kits, docs) and `command` (athena-odbc). DESTDIR and --prefix are honoured; nothing is registered, packages do that.

set(share ${CMAKE_INSTALL_DATADIR}/athena-odbc)

# The template names the place where the files will be, which is not DESTDIR.
if(ATHENA_REGISTERED_DIR STREQUAL ".")
    set(registered "")
elseif(ATHENA_REGISTERED_DIR)
    set(registered "${ATHENA_REGISTERED_DIR}/")
elseif(IS_ABSOLUTE "${ATHENA_DRIVER_DIR}")
    set(registered "${ATHENA_DRIVER_DIR}/")
else()
    set(registered "${CMAKE_INSTALL_PREFIX}/${ATHENA_DRIVER_DIR}/")
endif()
set(ATHENA_REGISTERED_DRIVER "${registered}libathenaodbc.so")
set(ATHENA_REGISTERED_SETUP "")
if(TARGET athenaodbc_setup)
    set(ATHENA_REGISTERED_SETUP "Setup       = ${registered}libathenaodbcS.so\n")
    install(TARGETS athenaodbc_setup LIBRARY DESTINATION ${ATHENA_DRIVER_DIR} COMPONENT driver)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/odbcinst.ini.template.in ${CMAKE_BINARY_DIR}/odbcinst.ini.template @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/odbcinst.ini.template DESTINATION ${share} COMPONENT driver)

install(FILES ${CMAKE_SOURCE_DIR}/driver/odbc/athenaodbc.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT driver)
foreach(folder dsn-templates packaging/tools)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder} DESTINATION ${share} COMPONENT driver
            PATTERN "__pycache__" EXCLUDE PATTERN ".*" EXCLUDE)
endforeach()
file(GLOB documents CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/*.md)
install(FILES ${documents} ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT driver)

# athena-odbc(1) goes with the command, every other page with the driver.
foreach(section 1 5 7 8)
    file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/man/*.${section})
    foreach(page ${pages})
        set(component driver)
        if(section EQUAL 1)
            set(component command)
        endif()
        install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
    endforeach()
endforeach()
set(components driver)
if(TARGET athena-odbc)
    list(APPEND components command)
    install(TARGETS athena-odbc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
endif()
file(WRITE ${CMAKE_BINARY_DIR}/components.txt "${components}\n")
