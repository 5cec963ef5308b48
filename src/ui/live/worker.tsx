import { parentPort } from 'node:worker_threads';
import { type FrameRequest, renderFrame } from './render-frame.tsx';

// The thread that draws the live view: ink takes a while to load and to draw, and the work should not wait for it. It is
// told what to draw and answers with a frame; it touches neither the terminal nor the repository.
parentPort?.on('message', (request: FrameRequest) => parentPort?.postMessage(renderFrame(request)));
