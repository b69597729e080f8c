// LD_PRELOAD shim for MLX (CPU build): keeps ALL of MLX's graph building, mx.compile, donation,
// allocation and free bookkeeping, but drops the compute of every kernel.  Buffers are malloc'ed and
// never touched, so real-size models can be "run" with no RSS while mx.get_peak_memory() stays exact.
// MLX_NOOP=1   drop kernel bodies.      MLX_LAG=D  keep the last D ops' inputs alive (asynchronous device
// run-ahead: a GPU/stream that lags D ops behind the host).  D=0: device as fast as the host.
// build: g++ -std=c++20 -O1 -fPIC -shared no_kernels.cpp -o no_kernels.so -I<site-packages>/mlx/include -ldl
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <typeinfo>
#include "mlx/stream.h"
namespace mlx::core { class Event; }
namespace mlx::core::scheduler {
class Scheduler {
 public:
  __attribute__((visibility("default"))) void enqueue(Stream s, std::function<void()> task);
};
using Fn = void (*)(Scheduler*, Stream, std::function<void()>);
static Fn real_fn() {
  // python loads libmlx.so RTLD_LOCAL, so RTLD_NEXT cannot see it: take the already loaded copy by soname
  static Fn f = (Fn)dlsym(dlopen("libmlx.so", RTLD_NOLOAD | RTLD_LAZY), "_ZN3mlx4core9scheduler9Scheduler7enqueueENS0_6StreamESt8functionIFvvEE");
  return f;
}
static bool noop() { const char* e = getenv("MLX_NOOP"); return e && *e == '1'; }
static size_t lag() { const char* e = getenv("MLX_LAG"); return e ? strtoul(e, 0, 10) : 0; }
static std::deque<std::function<void()>> fifo;  // host thread only
void Scheduler::enqueue(Stream s, std::function<void()> task) {
  const char* n = task.target_type().name();
  bool bind = strstr(n, "St5_Bind") != nullptr;
  if (getenv("MLX_NOOP_TRACE")) fprintf(stderr, "%d %.120s\n", (int)bind, n);
  if (!noop()) { real_fn()(this, s, std::move(task)); return; }
  if (bind) {
    fifo.push_back(std::move(task));
    size_t cap = 2 * lag();                 // one kernel task + one buffer-retention task per op
    while (fifo.size() > cap) fifo.pop_front();  // drop: frees the captured arrays, computes nothing
    return;
  }
  if (!strstr(n, "dispatch")) fifo.clear();   // synchronisation point: the device catches up
  real_fn()(this, s, std::move(task));
}
}
