// llama.cpp's quantizer without writing a file: prints the type and size of each tensor.
// usage: quantize_dry model-f16.gguf <number of the file type>
// build: g++ -std=c++17 quantize_dry.cpp -o quantize_dry -I<llama.cpp>/include -I<llama.cpp>/ggml/include -L<libraries> -lllama -lggml-base
#include "llama.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
int main(int c,char**v){ llama_log_set([](ggml_log_level,const char*t,void*){fputs(t,stdout);},nullptr); llama_backend_init(); auto p=llama_model_quantize_default_params(); p.dry_run=true; p.ftype=(llama_ftype)atoi(v[2]); p.nthread=1; return llama_model_quantize(v[1],"/dev/null",&p); }
