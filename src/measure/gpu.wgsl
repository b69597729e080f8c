// Two kernels: one moves memory, the other only computes.

@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> drain: array<vec4<f32>>;

// A read and a write for each value.
@compute @workgroup_size(256)
fn copied(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x < arrayLength(&drain) {
        drain[id.x] = source[id.x] + vec4<f32>(1.0);
    }
}

// 8 chains of 4 values, 256 rounds of a fused multiply-add on each.
@compute @workgroup_size(256)
fn computed(@builtin(global_invocation_id) id: vec3<u32>) {
    let factor = source[0] + vec4<f32>(0.999);
    let term = source[1] + vec4<f32>(1e-4);
    let first = f32(id.x % 1024u) * 1e-3;
    var a = vec4<f32>(first);
    var b = a + vec4<f32>(0.1);
    var c = a + vec4<f32>(0.2);
    var d = a + vec4<f32>(0.3);
    var e = a + vec4<f32>(0.4);
    var f = a + vec4<f32>(0.5);
    var g = a + vec4<f32>(0.6);
    var h = a + vec4<f32>(0.7);
    for (var round = 0u; round < 256u; round++) {
        a = fma(a, factor, term);
        b = fma(b, factor, term);
        c = fma(c, factor, term);
        d = fma(d, factor, term);
        e = fma(e, factor, term);
        f = fma(f, factor, term);
        g = fma(g, factor, term);
        h = fma(h, factor, term);
    }
    drain[id.x % arrayLength(&drain)] = ((a + b) + (c + d)) + ((e + f) + (g + h));
}
