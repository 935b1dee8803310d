import { estimate } from "./estimate";
import type { Question } from "./strength";

addEventListener("message", ({ data }: MessageEvent<Question>) => postMessage(estimate(data)));
