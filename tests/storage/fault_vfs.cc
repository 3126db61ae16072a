#include "tests/storage/fault_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "services/base/status.h"

namespace candor::storage {
namespace {

struct Fault {
  std::mutex mutex;
  bool set = false;
  std::string path_part;
  int writes_left = 0;
  int code = SQLITE_OK;
  bool syncs = false;
  int refused = 0;
  std::string hook_part;
  std::function<void()> hook;
};

Fault& TheFault() {
  static Fault& fault = *new Fault;
  return fault;
}

struct File {
  sqlite3_file base;
  std::string* path;
  // The real file stands right behind.
};

sqlite3_file* RealOf(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
}

// The code of the fault if it strikes here, else SQLITE_OK.
int Strike(sqlite3_file* file, bool is_sync) {
  Fault& fault = TheFault();
  const std::lock_guard lock(fault.mutex);
  const std::string& path = *reinterpret_cast<File*>(file)->path;
  if (!fault.set || (is_sync && !fault.syncs) || path.find(fault.path_part) == std::string::npos) return SQLITE_OK;
  if (!is_sync && fault.writes_left > 0) {
    --fault.writes_left;
    return SQLITE_OK;
  }
  if (is_sync && fault.writes_left > 0) return SQLITE_OK;
  ++fault.refused;
  return fault.code;
}

void RunHook(sqlite3_file* file) {
  Fault& fault = TheFault();
  std::function<void()> hook;
  {
    const std::lock_guard lock(fault.mutex);
    const std::string& path = *reinterpret_cast<File*>(file)->path;
    if (fault.hook != nullptr && path.find(fault.hook_part) != std::string::npos) {
      hook = std::exchange(fault.hook, nullptr);
    }
  }
  if (hook != nullptr) hook();
}

int Close(sqlite3_file* file) {
  delete reinterpret_cast<File*>(file)->path;
  return RealOf(file)->pMethods->xClose(RealOf(file));
}
int Read(sqlite3_file* file, void* out, int count, sqlite3_int64 at) {
  return RealOf(file)->pMethods->xRead(RealOf(file), out, count, at);
}
int Write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  RunHook(file);
  if (const int code = Strike(file, false); code != SQLITE_OK) return code;
  return RealOf(file)->pMethods->xWrite(RealOf(file), bytes, count, at);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return RealOf(file)->pMethods->xTruncate(RealOf(file), size);
}
int Sync(sqlite3_file* file, int flags) {
  if (const int code = Strike(file, true); code != SQLITE_OK) return code;
  return RealOf(file)->pMethods->xSync(RealOf(file), flags);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) { return RealOf(file)->pMethods->xFileSize(RealOf(file), size); }
int Lock(sqlite3_file* file, int level) { return RealOf(file)->pMethods->xLock(RealOf(file), level); }
int Unlock(sqlite3_file* file, int level) { return RealOf(file)->pMethods->xUnlock(RealOf(file), level); }
int CheckReservedLock(sqlite3_file* file, int* result) {
  return RealOf(file)->pMethods->xCheckReservedLock(RealOf(file), result);
}
int FileControl(sqlite3_file* file, int op, void* argument) {
  return RealOf(file)->pMethods->xFileControl(RealOf(file), op, argument);
}
int SectorSize(sqlite3_file* file) { return RealOf(file)->pMethods->xSectorSize(RealOf(file)); }
int DeviceCharacteristics(sqlite3_file* file) { return RealOf(file)->pMethods->xDeviceCharacteristics(RealOf(file)); }
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return RealOf(file)->pMethods->xShmMap(RealOf(file), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return RealOf(file)->pMethods->xShmLock(RealOf(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) { RealOf(file)->pMethods->xShmBarrier(RealOf(file)); }
int ShmUnmap(sqlite3_file* file, int remove) { return RealOf(file)->pMethods->xShmUnmap(RealOf(file), remove); }

const sqlite3_io_methods kMethods = {
    2,          Close, Read,   Write,  Truncate,          Sync,        FileSize,   Lock,
    Unlock,     CheckReservedLock, FileControl, SectorSize, DeviceCharacteristics, ShmMap, ShmLock,
    ShmBarrier, ShmUnmap, nullptr, nullptr};

sqlite3_vfs* RealVfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  File* const wrapped = new (file) File;
  wrapped->base.pMethods = nullptr;
  const int result = RealVfs(vfs)->xOpen(RealVfs(vfs), name, RealOf(file), flags, out_flags);
  if (RealOf(file)->pMethods == nullptr) return result;
  wrapped->path = new std::string(name == nullptr ? "" : name);
  wrapped->base.pMethods = &kMethods;
  return result;
}

}  // namespace

void InstallFaultVfs() {
  static const bool installed = [] {
    sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
    sqlite3_vfs* const vfs = new sqlite3_vfs(*real);
    vfs->zName = "fault";
    vfs->szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
    vfs->pAppData = real;
    vfs->xOpen = Open;
    vfs->pNext = nullptr;
    CANDOR_CHECK(sqlite3_vfs_register(vfs, /*makeDflt=*/1) == SQLITE_OK);
    return true;
  }();
  (void)installed;
}

void SetDiskFault(const std::string& path_part, int writes, int sqlite_code, bool syncs) {
  Fault& fault = TheFault();
  const std::lock_guard lock(fault.mutex);
  fault.set = true;
  fault.path_part = path_part;
  fault.writes_left = writes;
  fault.code = sqlite_code;
  fault.syncs = syncs;
  fault.refused = 0;
}

void ClearDiskFault() {
  Fault& fault = TheFault();
  const std::lock_guard lock(fault.mutex);
  fault.set = false;
}

void AtNextWrite(const std::string& path_part, std::function<void()> hook) {
  Fault& fault = TheFault();
  const std::lock_guard lock(fault.mutex);
  fault.hook_part = path_part;
  fault.hook = std::move(hook);
}

int RefusedWrites() {
  Fault& fault = TheFault();
  const std::lock_guard lock(fault.mutex);
  return fault.refused;
}

}  // namespace candor::storage
