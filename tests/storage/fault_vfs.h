// A disk that can be made to run full: SQLite's own file layer with a fault in front of it.

#ifndef CANDOR_TESTS_STORAGE_FAULT_VFS_H_
#define CANDOR_TESTS_STORAGE_FAULT_VFS_H_

#include <functional>
#include <string>

namespace candor::storage {

// Becomes SQLite's default file layer at the first call, for the rest of the process; until a fault is set it passes
// everything through. Call before the databases that shall fail are opened.
void InstallFaultVfs();

// From now on, after `writes` more writes to files whose path contains `path_part`, every further write to such a file
// fails with `sqlite_code` (SQLITE_FULL, SQLITE_IOERR_WRITE, ...), and every sync too when `syncs` is set. One fault at
// a time; any thread may call.
void SetDiskFault(const std::string& path_part, int writes, int sqlite_code, bool syncs = false);
void ClearDiskFault();

// Calls `hook` once, on the writing thread, just before the next write to a file whose path contains `path_part`: what
// others can do in the middle of a transaction.
void AtNextWrite(const std::string& path_part, std::function<void()> hook);

// How many writes and syncs were refused since the fault was set.
int RefusedWrites();

}  // namespace candor::storage

#endif  // CANDOR_TESTS_STORAGE_FAULT_VFS_H_
