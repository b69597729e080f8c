// llama.cpp's own memory breakdown of a context, one JSON line a setting. With an argument host:port, a device of the
// RPC back end (rpc-server of the same build) stands for a GPU. alloc 0: no_alloc, nothing is allocated.
// build: g++ -std=c++17 breakdown.cpp -o breakdown -I<llama.cpp>/include -I<llama.cpp>/src -I<llama.cpp>/ggml/include -L<libraries> -lllama -lggml -lggml-base
// reads lines: id path n_ctx n_seq n_ubatch n_batch type_k type_v fa(0/1) swa_full kv_unified n_outputs_max mode(cpu|dev) alloc(0/1)
#include "llama.h"
#include "ggml-backend.h"
#include "ggml-rpc.h"
#include "llama-ext.h"
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>
#include <iostream>
#include <sstream>
#include <chrono>
static std::string g_log;
static void logcb(ggml_log_level, const char * t, void *) { g_log += t; }
static double now(){ return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
static ggml_type ty(const std::string & s){ for(int i=0;i<GGML_TYPE_COUNT;i++){ const char*n=ggml_type_name((ggml_type)i); if(n&&s==n) return (ggml_type)i;} return GGML_TYPE_F16; }
static std::string grab(const std::string & key, double & tot){ // sum of MiB with key
    std::string out; size_t p=0; tot=0;
    while((p=g_log.find(key,p))!=std::string::npos){ size_t ls=g_log.rfind('\n',p); ls=ls==std::string::npos?0:ls+1; size_t le=g_log.find('\n',p); std::string l=g_log.substr(ls,le-ls); size_t e=l.find("= "); double v=0; if(e!=std::string::npos) v=atof(l.c_str()+e+2); tot+=v; out+=l+" | "; p+=key.size(); }
    return out; }
int main(int argc,char**argv){
    llama_log_set(logcb,nullptr); llama_backend_init();
    ggml_backend_dev_t rpc=nullptr;
    if(argc>1){ ggml_backend_reg_t r=ggml_backend_rpc_add_server(argv[1]); if(r){ ggml_backend_register(r); rpc=ggml_backend_reg_dev_get(r,0);} fprintf(stderr,"rpc dev %s\n", rpc?ggml_backend_dev_name(rpc):"none"); }
    std::string line; std::string curkey; llama_model*model=nullptr; double tload=0;
    while(std::getline(std::cin,line)){
        if(line.empty()||line[0]=='#') continue;
        std::istringstream is(line); std::string id,path,tk,tv,mode; unsigned n_ctx,n_seq,n_ub,n_b,nout; int fa,swa,uni,al;
        is>>id>>path>>n_ctx>>n_seq>>n_ub>>n_b>>tk>>tv>>fa>>swa>>uni>>nout>>mode>>al;
        std::string key=path+mode+std::to_string(al);
        g_log.clear(); double t0=now();
        if(key!=curkey){ if(model) llama_model_free(model); model=nullptr;
            llama_model_params mp=llama_model_default_params();
            ggml_backend_dev_t devs[2]={mode=="dev"?rpc:nullptr,nullptr}; mp.devices=devs; // empty list => cpu only
            mp.n_gpu_layers= mode=="dev"?999:0; mp.no_alloc=!al; mp.load_mode= al?LLAMA_LOAD_MODE_MMAP:LLAMA_LOAD_MODE_NONE;
            mp.use_extra_bufts=getenv("REPACK")!=nullptr;
            model=llama_model_load_from_file(path.c_str(),mp); tload=now()-t0; curkey=model?key:""; }
        if(!model){ printf("{\"id\":\"%s\",\"error\":\"model\"}\n",id.c_str()); fprintf(stderr,"%s\n",g_log.substr(g_log.size()>1500?g_log.size()-1500:0).c_str()); fflush(stdout); continue; }
        llama_context_params cp=llama_context_default_params();
        cp.n_ctx=n_ctx; cp.n_seq_max=n_seq; cp.n_ubatch=n_ub; cp.n_batch=n_b; cp.type_k=ty(tk); cp.type_v=ty(tv);
        cp.flash_attn_type= fa==1?LLAMA_FLASH_ATTN_TYPE_ENABLED: fa==0?LLAMA_FLASH_ATTN_TYPE_DISABLED:LLAMA_FLASH_ATTN_TYPE_AUTO; cp.swa_full=swa; cp.kv_unified=uni; cp.n_outputs_max=nout;
        std::string mlog=g_log; double t1=now();
        llama_context*ctx=llama_init_from_model(model,cp); double t2=now();
        if(!ctx){ printf("{\"id\":\"%s\",\"error\":\"ctx\"}\n",id.c_str()); fprintf(stderr,"%s: %s\n",id.c_str(),g_log.substr(g_log.size()>1500?g_log.size()-1500:0).c_str()); fflush(stdout); continue; }
        auto mb=llama_get_memory_breakdown(ctx);
        size_t hm=0,hc=0,hx=0,dm=0,dc=0,dx=0; std::string bd;
        for(auto&[b,d]:mb){ bool host=ggml_backend_buft_is_host(b); if(host){hm+=d.model;hc+=d.context;hx+=d.compute;}else{dm+=d.model;dc+=d.context;dx+=d.compute;} bd+=std::string(ggml_backend_buft_name(b))+":"+std::to_string(d.model)+"/"+std::to_string(d.context)+"/"+std::to_string(d.compute)+" "; }
        double rs,kv,ob; std::string rl=grab("RS buffer size",rs), kl=grab("KV buffer size",kv), ol=grab("output buffer size",ob);
        // last compute buffer lines & graph line
        size_t gp=g_log.rfind("graph: nodes"); if(gp==std::string::npos) gp=g_log.rfind("graph (pp"); std::string gl; if(gp!=std::string::npos) gl=g_log.substr(gp,g_log.find('\n',gp)-gp);
        printf("{\"id\":\"%s\",\"n_ctx\":%u,\"n_ctx_seq\":%u,\"n_params\":%llu,\"model_size\":%llu,\"host_model\":%zu,\"host_ctx\":%zu,\"host_compute\":%zu,\"dev_model\":%zu,\"dev_ctx\":%zu,\"dev_compute\":%zu,\"rs_mib\":%.4f,\"kv_mib\":%.4f,\"output_mib\":%.4f,\"t_load\":%.3f,\"t_ctx\":%.3f,\"bd\":\"%s\",\"graph\":\"%s\"}\n",
            id.c_str(), llama_n_ctx(ctx), llama_n_ctx_seq(ctx),(unsigned long long)llama_model_n_params(model),(unsigned long long)llama_model_size(model),hm,hc,hx,dm,dc,dx,rs,kv,ob,tload,t2-t1,bd.c_str(),gl.c_str());
        fflush(stdout);
        if(getenv("VERB")) fprintf(stderr,"%s\n",(mlog+g_log).c_str());
        llama_free(ctx);
    }
}
