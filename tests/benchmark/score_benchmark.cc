// How long `candor score` takes for a file of 1,000,000 rows of 40 items, reading and writing included, against R's
// data.table, which reads the same file and counts each item's marks by leader and group, and no more; and against one
// pass over the file's bytes that counts every item's marks in all.
//
//   score_benchmark [rows, default 1000000] [leaders, default 1000] [rounds, default 5]
//
// Each scoring runs in a process of its own, whose processor time and memory are those of `candor score` without its
// command line. The result goes to a file. Without Rscript or its package data.table that line is left out.
// Two builds of this program are compared by `score_benchmark --score FOLDER`, which scores the files that
// `score_benchmark --files FOLDER ROWS LEADERS` has written, once, and prints one line.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "clients/cli/score_file.h"
#include "services/base/file.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/support/temp_folder.h"

namespace candor::benchmark {
namespace {

constexpr int kItems = 40;
constexpr int kPoints = 5;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "score_benchmark: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}

std::string StructurePath(const std::string& folder) { return folder + "/structure.json"; }
std::string RatingsPath(const std::string& folder) { return folder + "/ratings.csv"; }

// Eight competencies in two domains, six themes.
void WriteStructure(const std::string& folder) {
  std::ofstream out(StructurePath(folder));
  out << R"({"K": 5, "min_n": 5, "exempt": ["supervisor"], "items": [)";
  for (int j = 0; j < kItems; ++j) {
    out << (j == 0 ? "" : ", ")
        << absl::StrCat(R"({"id": "Q)", j + 1, R"(", "competency": "C)", j / 5 + 1, R"(", "domain": "D)", j / 20 + 1,
                        R"(", "themes": ["T)", j % 6 + 1, R"("]})");
  }
  out << "]}\n";
}

// Two raters of five answer everything; the others leave out one item of ten, or have not seen it. Every leader has a
// self-rating, and the rest of their rows in three groups.
void WriteRatings(const std::string& folder, int64_t rows, int64_t leaders) {
  std::ofstream out(RatingsPath(folder));
  std::string text = "leader,group,rater";
  for (int j = 0; j < kItems; ++j) absl::StrAppend(&text, ",Q", j + 1);
  std::mt19937 random(1);
  constexpr absl::string_view kGroups[] = {"staff", "staff", "students", "students", "parents"};
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t leader = row * leaders / rows;
    const bool is_self = row == 0 || (row - 1) * leaders / rows != leader;
    absl::StrAppend(&text, "\nL", leader, ",", is_self ? "self" : kGroups[row % 5], ",r", row);
    const bool complete = random() % 5 < 2;
    const int level = static_cast<int>(random() % 3) + static_cast<int>(leader % 2);
    for (int j = 0; j < kItems; ++j) {
      const uint32_t draw = random();
      text.push_back(',');
      if (!complete && draw % 10 == 0) {
        if (draw % 20 == 0) text.push_back('N');
        continue;
      }
      text.push_back(static_cast<char>('0' + std::clamp(level + static_cast<int>((draw >> 8) % 3), 1, kPoints)));
    }
    if (text.size() > 1 << 20) {
      out << text;
      text.clear();
    }
  }
  out << text << "\n";
}

void WriteFiles(const std::string& folder, int64_t rows, int64_t leaders) {
  WriteStructure(folder);
  WriteRatings(folder, rows, leaders);
}

// What one process of scoring took.
struct Taken {
  double clock_s = 0, processor_s = 0, peak_bytes = 0;
};

// In the process of its own: what `candor score --out` does.
int Score(const std::string& folder) {
  std::FILE* file = std::fopen((folder + "/scores.json").c_str(), "wb");
  if (file == nullptr) return 1;
  const absl::Status status = cli::WriteScoresOfFiles(
      {StructurePath(folder), RatingsPath(folder), ""}, nullptr, [file](absl::string_view piece) {
        return std::fwrite(piece.data(), 1, piece.size(), file) == piece.size() ? absl::OkStatus()
                                                                                : absl::UnavailableError("not written");
      });
  if (std::fclose(file) != 0 || !status.ok()) {
    std::fprintf(stderr, "score_benchmark: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}

Taken ScoreInProcess(const std::string& folder) {
  std::string program = "/proc/self/exe", option = "--only-score", argument = folder;
  char* const arguments[] = {program.data(), option.data(), argument.data(), nullptr};
  const auto start = std::chrono::steady_clock::now();
  pid_t process = -1;
  int result = -1;
  rusage used{};
  if (posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments, environ) != 0 ||
      wait4(process, &result, 0, &used) != process || result != 0) {
    std::fprintf(stderr, "score_benchmark: scoring failed\n");
    std::exit(1);
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) * 1024};
}

// One pass over the bytes: the least that anybody needs who counts an item's marks.
// Seconds of the processor.
double PlainPass(const std::string& folder) {
  const double start = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  const std::string text = Must(base::ReadFile(RatingsPath(folder), size_t{8} << 30));
  std::vector<int64_t> counts((kItems + 3) * 256);
  size_t column = 0;
  uint8_t mark = 0;
  for (const char c : text) {
    if (c == ',' || c == '\n') {
      ++counts[column * 256 + mark];
      mark = 0;
      column = c == '\n' ? 0 : column + 1;
    } else {
      mark = static_cast<uint8_t>(c);
    }
  }
  const double taken = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - start;
  if (counts[3 * 256 + '3'] == 0) std::exit(1);
  return taken;
}

// Two ways to count with data.table, of which the faster is taken, and the time that reading takes.
constexpr char kPeer[] = R"(
if (!suppressWarnings(suppressMessages(require(data.table, quietly = TRUE)))) quit(status = 3)
setDTthreads(0)
path <- commandArgs(TRUE)[1]
now <- function() { t <- proc.time(); c(t[["elapsed"]], t[["user.self"]] + t[["sys.self"]]) }
t0 <- now(); d <- fread(path); t1 <- now()
items <- setdiff(names(d), c("leader", "group", "rater"))
one <- lapply(items, function(q) d[, .N, by = c("leader", "group", q)]); t2 <- now()
two <- melt(d, id.vars = c("leader", "group"), measure.vars = items)[, .N, by = .(leader, group, variable, value)]; t3 <- now()
stopifnot(sum(two$N) == nrow(d) * length(items), sum(one[[1]]$N) == nrow(d))
cat(t1 - t0, pmin(t2 - t1, t3 - t2), "\n")
)";

// By the clock and of the processor.
struct PeerTaken {
  double reading_s = 0, reading_processor_s = 0, counting_s = 0, counting_processor_s = 0;
};
std::optional<PeerTaken> RunPeer(const std::string& folder) {
  const std::string script = folder + "/count.R";
  std::ofstream(script) << kPeer;
  // Threads that wait must not spin: on a busy machine that would count as R's work.
  std::FILE* pipe = popen(absl::StrCat("OMP_WAIT_POLICY=passive Rscript ", script, " ", RatingsPath(folder), " 2>&1").c_str(),
                          "r");
  if (pipe == nullptr) return std::nullopt;
  std::string said;
  char buffer[1024];
  for (size_t got; (got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) said.append(buffer, got);
  const int result = pclose(pipe);
  PeerTaken taken;
  if (result == 0 && std::sscanf(said.c_str(), "%lf %lf %lf %lf", &taken.reading_s, &taken.reading_processor_s,
                                 &taken.counting_s, &taken.counting_processor_s) == 4) {
    return taken;
  }
  constexpr int kNoProgram = 127, kNoPackage = 3;
  if (WIFEXITED(result) && (WEXITSTATUS(result) == kNoProgram || WEXITSTATUS(result) == kNoPackage)) return std::nullopt;
  std::fprintf(stderr, "\nscore_benchmark: R failed, so nothing can be compared: %s\n", said.c_str());
  std::exit(1);
}

int Measure(int64_t rows, int64_t leaders, int rounds) {
  const testing::TempFolder folder;
  WriteFiles(folder.path(), rows, leaders);
  std::vector<double> ours, processor, memory, plain, peer, peer_processor, counting_processor;
  for (int round = 0; round < rounds; ++round) {
    const Taken scoring = ScoreInProcess(folder.path());
    ours.push_back(scoring.clock_s);
    processor.push_back(scoring.processor_s);
    memory.push_back(scoring.peak_bytes);
    plain.push_back(PlainPass(folder.path()));
    std::fprintf(stderr, "round %d of %d: scoring %.2f s (%.2f s of the processor), %.0f MB; plain pass %.2f s of it", round + 1,
                 rounds, scoring.clock_s, scoring.processor_s, scoring.peak_bytes / 1e6, plain.back());
    if (const std::optional<PeerTaken> taken = RunPeer(folder.path()); taken.has_value()) {
      peer.push_back(taken->reading_s + taken->counting_s);
      peer_processor.push_back(taken->reading_processor_s + taken->counting_processor_s);
      counting_processor.push_back(taken->counting_processor_s);
      std::fprintf(stderr, "; data.table reading %.2f s (%.2f s), counting %.2f s (%.2f s)", taken->reading_s,
                   taken->reading_processor_s, taken->counting_s, taken->counting_processor_s);
    }
    std::fprintf(stderr, "\n");
  }
  const double file_bytes =
      static_cast<double>(Must(base::ReadFile(RatingsPath(folder.path()), size_t{8} << 30)).size());
  PrintResult("score: all figures against one pass that counts, by processor time", Median(processor), Median(plain), "s",
              10, true);
  PrintResult("score: memory against the file", Median(memory), file_bytes, "bytes", 3, true);
  if (peer.empty()) {
    std::fprintf(stderr, "score_benchmark: no Rscript with data.table here; install r-cran-data.table to compare\n");
    return 0;
  }
  PrintResult("score: all figures against data.table reading and counting", Median(ours), Median(peer), "s", 0.1, true);
  PrintResult("score: the same by processor time", Median(processor), Median(peer_processor), "s", 0.1, true);
  PrintResult("score: all figures against data.table counting what it has read, by processor time", Median(processor),
              Median(counting_processor), "s", 0.1, true);
  return 0;
}

}  // namespace

int Main(int argc, char** argv) {
  const std::string option = argc > 1 ? argv[1] : "";
  if (option == "--only-score" && argc == 3) return Score(argv[2]);
  if (option == "--score" && argc == 3) {
    const Taken taken = ScoreInProcess(argv[2]);
    std::printf("%.3f s, %.3f s of the processor, %.0f MB\n", taken.clock_s, taken.processor_s, taken.peak_bytes / 1e6);
    return 0;
  }
  const bool files = option == "--files" && argc == 5;
  const int first = files ? 3 : 1;
  const int64_t rows = argc > first ? std::atoll(argv[first]) : 1'000'000;
  const int64_t leaders = argc > first + 1 ? std::atoll(argv[first + 1]) : 1000;
  const int rounds = !files && argc > 3 ? std::atoi(argv[3]) : 5;
  if (rows < 1000 || rows > 100'000'000 || leaders < 1 || leaders > rows / 10 || rounds < 1 || rounds > 100) {
    std::fprintf(stderr,
                 "usage: score_benchmark [rows, from 1000] [leaders, at most a tenth] [rounds, 1 to 100]\n"
                 "       score_benchmark --files FOLDER ROWS LEADERS, then score_benchmark --score FOLDER\n");
    return 2;
  }
  if (!files) return Measure(rows, leaders, rounds);
  WriteFiles(argv[2], rows, leaders);
  return 0;
}

}  // namespace candor::benchmark

int main(int argc, char** argv) { return candor::benchmark::Main(argc, argv); }
